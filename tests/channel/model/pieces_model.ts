/** Processes that keep pieces in a channel and take them out, some of whom die; at last the channel ends. */

import { CHANNEL } from "../../../src/channel/layout.ts";
import type { Party } from "../../../src/channel/party.ts";
import { ChannelPieces } from "../../../src/channel/pieces.ts";
import { NO_PARCEL } from "../../../src/codec/parcel.ts";
import { insideOf } from "../../../src/memory/cells.ts";
import { explore, type Program, type Report, type View } from "../../model/explore.ts";
import { AT, cellAt, Ground } from "./ground.ts";

/** What a model of the pieces varies. */
export interface PiecesModel {
  /** How many processes keep a piece that they have. */
  readonly keepers: number;
  /** How many take one, use it, and keep or free it. */
  readonly takers: number;
  /** How many find the channel empty, and give back what need not be kept (default 0). */
  readonly trimmers?: number;
  /** How many pieces are kept in the beginning (default 0). */
  readonly before?: number;
  readonly deaths?: number;
  readonly preemptions?: number;
  /** Plants a bug. */
  readonly plant?: (party: Party) => Party;
}

const SLOTS = 2;
const SIZE = 2 ** 16;
const KEPT = insideOf(AT + 8);

/** Searches the model. */
export function explorePieces(model: PiecesModel): Report {
  const { keepers, takers, trimmers = 0, before = 0, deaths = 0 } = model;
  const plant = model.plant ?? ((party) => party);
  const users = keepers + takers + trimmers;
  const ground = new Ground(keepers + before, 1).prepare((party) => {
    for (let i = 0; i < before; i++) {
      const place = party.store.allocate(1);
      party.store.handOver(place, party.self, KEPT);
      party.words.store(AT + CHANNEL.pieces + i, place);
    }
    // The keepers' own.
    for (let who = 0; who < keepers; who++) {
      party.store.handOver(party.store.allocate(1), party.self, who + 1);
    }
  });
  const piecesOf = (party: Party) => new ChannelPieces(plant(large(party)), AT, SLOTS);

  const leave = (party: Party, place: number): void => {
    if (!piecesOf(party).keep(place)) party.store.free(place);
  };
  const keep = (who: number): Program => (verbs) => {
    leave(ground.party(verbs, who), cellAt(before + who));
  };
  const take = (who: number): Program => (verbs) => {
    const party = ground.party(verbs, who);
    const place = piecesOf(party).take(SIZE);
    if (place === NO_PARCEL) return;
    verbs.note(`uses ${place}`);
    verbs.pause();
    verbs.note("");
    leave(party, place);
  };
  const trim = (who: number): Program => (verbs) => piecesOf(ground.party(verbs, who)).trim();
  const recover = (who: number): Program => (verbs) => {
    const party = ground.party(verbs, who);
    ground.recover(verbs, party, users);
    party.words.store(AT + CHANNEL.haunted, 1);
  };

  return explore({
    words: ground.table,
    participants: [
      ...Array.from({ length: keepers }, (_, who) => ({
        name: `keeper ${who + 1}`,
        run: keep(who),
      })),
      ...Array.from({ length: takers }, (_, i) => ({
        name: `taker ${i + 1}`,
        run: take(keepers + i),
      })),
      ...Array.from({ length: trimmers }, (_, i) => ({
        name: `trimmer ${i + 1}`,
        run: trim(keepers + takers + i),
      })),
      ...Array.from({ length: deaths }, (_, i) => ({
        name: `recoverer ${i + 1}`,
        run: recover(users + i),
        startsAfter: i + 1,
      })),
    ],
    invariants: {
      "no two use the same piece": (state) => {
        const used = Array.from({ length: users }, (_, who) => state.note(who)).filter(Boolean);
        return new Set(used).size === used.length;
      },
      "what is used is not free": (state) =>
        Array.from({ length: users }, (_, who) => who).every((who) => {
          const place = /uses (\d+)/.exec(state.note(who))?.[1];
          return place === undefined || state.dead(who) ||
            ownerOf(state, Number(place)) === who + 1;
        }),
    },
    outcomes: {
      "what is named is kept, and named once": (state) => {
        const names = named(state);
        return new Set(names).size === names.length &&
          names.every((place) => ownerOf(state, place) === KEPT);
      },
      "what is kept is named, or somebody has died": (state) =>
        places().every((place) =>
          ownerOf(state, place) !== KEPT || named(state).includes(place) ||
          state.word(ground.place(AT + CHANNEL.haunted)) === 1
        ),
      "nothing belongs to who has ended": (state) =>
        places().every((place) => [0, KEPT].includes(ownerOf(state, place))),
    },
    deaths,
    maxSteps: 1000,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });

  function places(): number[] {
    return Array.from({ length: keepers + before }, (_, i) => cellAt(i));
  }

  function ownerOf(state: View, place: number): number {
    return state.word(ground.place(place - 1));
  }

  function named(state: View): number[] {
    return Array.from(
      { length: SLOTS },
      (_, i) => state.word(ground.place(AT + CHANNEL.pieces + i)),
    )
      .filter((place) => place !== NO_PARCEL);
  }
}

/** As if every parcel were one of those whose pieces are kept. */
function large(party: Party): Party {
  return { ...party, store: { ...party.store, capacity: () => SIZE } };
}
