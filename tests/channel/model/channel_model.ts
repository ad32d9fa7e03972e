/** Putters and takers of one channel, some of whom die, and one who recovers them. */

import { NO_PARCEL } from "../../../src/codec/parcel.ts";
import { Channel } from "../../../src/channel/channel.ts";
import { CHANNEL } from "../../../src/channel/layout.ts";
import type { Party } from "../../../src/channel/party.ts";
import { distance, validCopy } from "../../../src/channel/position.ts";
import { Draft, hasParcel, isLink, Taken } from "../../../src/channel/record.ts";
import { liveIn } from "../../../src/channel/repair.ts";
import { Sides } from "../../../src/channel/sides.ts";
import { explore, type Program, type Report, type View } from "../../model/explore.ts";
import { NowhereError } from "../../model/layout.ts";
import { AT, Ground } from "./ground.ts";

/** What a model of the channel varies. */
export interface ChannelModel {
  /** What each putter puts; negative ones as parcels. */
  readonly puts: readonly (readonly number[])[];
  /** How often each taker tries to take. */
  readonly takes: readonly number[];
  /** What lies in it in the beginning. */
  readonly before?: readonly number[];
  /** How many it takes (default 0: no bound). */
  readonly capacity?: number;
  /** Whether somebody closes it meanwhile. */
  readonly closes?: boolean;
  readonly deaths?: number;
  readonly cells?: number;
  /** How many messages a segment has room for (default 1). */
  readonly perSegment?: number;
  readonly preemptions?: number;
  /** Plants a bug. */
  readonly plant?: (party: Party) => Party;
}

function draftOf(party: Party, message: number): Draft {
  const draft = new Draft();
  if (message > 0) {
    draft.setInline(4, 1, false);
    draft.body[0] = message;
  } else {
    const place = party.store.allocate(1);
    party.guarded.set(place, message);
    draft.setParcel(place, 1, false, 4);
  }
  return draft;
}

function open(party: Party, taken: Taken): number {
  if (taken.place === NO_PARCEL) return taken.body[0];
  const message = party.guarded.get(taken.place);
  party.store.free(taken.place);
  return message;
}

/** Searches the model. */
export function exploreChannel(model: ChannelModel): Report {
  const { puts, takes, deaths = 0, closes = false } = model;
  const plant = model.plant ?? ((party) => party);
  const users = puts.length + takes.length + (closes ? 1 : 0);
  // An inline message takes two words, one in a parcel four, a link three, and the last names the first.
  const isLarge = [...puts, model.before ?? []].flat().some((message) => message < 0);
  const cellWords = 4 + (isLarge ? 4 : 2) * (model.perSegment ?? 1);
  const sizes = [cellWords];
  const ground = new Ground(model.cells ?? 4, cellWords).prepare((party) => {
    const channel = Channel.create(party, AT, model.capacity ?? 0, sizes);
    for (const message of model.before ?? []) channel.put(draftOf(party, message));
  });

  const put = (who: number): Program => (verbs) => {
    const party = plant(ground.party(verbs, who));
    const channel = new Channel(party, AT, sizes);
    const said: string[] = [];
    for (const message of puts[who]) {
      const draft = draftOf(party, message);
      const outcome = channel.put(draft);
      if (draft.place !== NO_PARCEL) party.store.free(draft.place);
      said.push(`${outcome} ${message}`);
      verbs.note(said.join(", "));
    }
  };
  const take = (who: number): Program => (verbs) => {
    const party = plant(ground.party(verbs, who));
    const channel = new Channel(party, AT, sizes);
    const taken = new Taken();
    const said: string[] = [];
    for (let i = 0; i < takes[who - puts.length]; i++) {
      const outcome = channel.take(taken);
      said.push(outcome === "taken" ? `taken ${open(party, taken)}` : outcome);
      verbs.note(said.join(", "));
    }
  };
  const close: Program = (verbs) => {
    new Channel(plant(ground.party(verbs, users - 1)), AT, sizes).close();
    verbs.note("did close");
  };
  const recover = (who: number): Program => (verbs) => {
    const party = plant(ground.party(verbs, who));
    ground.recover(verbs, party, users);
    // Whoever uses both sides next.
    const sides = new Sides(party, AT);
    sides.lockTail();
    sides.unlockTail();
    sides.lockHead();
    sides.unlockHead();
  };

  return explore({
    words: ground.table,
    participants: [
      ...puts.map((_, who) => ({ name: `putter ${who + 1}`, run: put(who) })),
      ...takes.map((_, i) => ({ name: `taker ${i + 1}`, run: take(puts.length + i) })),
      ...(closes ? [{ name: "closer", run: close }] : []),
      ...Array.from({ length: deaths }, (_, i) => ({
        name: `recoverer ${i + 1}`,
        run: recover(users + i),
        startsAfter: i + 1,
      })),
    ],
    outcomes: {
      "the locks are free": (state) =>
        [CHANNEL.tailLock, CHANNEL.headLock].every((lock) =>
          state.word(ground.place(AT + lock)) === 0
        ),
      "what lies inside is what is named": (state) =>
        isTrue(() => {
          const party = ground.look(state);
          const live = liveIn(party, AT);
          const inside = [...party.store.inside(AT)];
          return inside.length === live.size && inside.every((place) => live.has(place));
        }),
      "no message is lost, torn, doubled or out of order": (state) =>
        isTrue(() => isKept(model, state, contents(ground.look(state)))),
    },
    deaths,
    maxSteps: 1000,
    patience: false,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

/** Whether a fact holds; records that are not records lead anywhere. */
function isTrue(fact: () => boolean): boolean {
  try {
    return fact();
  } catch (error) {
    if (error instanceof NowhereError) return false;
    throw error;
  }
}

/** The messages that lie in it. */
function contents(party: Party): number[] {
  const { guarded, words } = party;
  const messages: number[] = [];
  const tail = words.load(AT + CHANNEL.tail);
  const head = words.load(AT + CHANNEL.head);
  let record = guarded.get(AT + CHANNEL.headAt + validCopy(head));
  for (let rest = distance(tail, head); rest > 0; rest--) {
    if (isLink(guarded.get(record))) record = guarded.get(record + 1);
    const isParcel = hasParcel(guarded.get(record));
    const body = guarded.get(record + 1);
    messages.push(isParcel ? guarded.get(body) : body);
    record += isParcel ? 4 : 2;
  }
  return messages;
}

function isKept(model: ChannelModel, state: View, left: readonly number[]): boolean {
  const { puts, takes, before = [] } = model;
  const takers = takes.map((_, i) => puts.length + i);
  const got = takers.map((who) =>
    [...state.note(who).matchAll(/taken (-?\d+)/g)].map((match) => Number(match[1]))
  );
  const deadTakers = takers.filter((who) => state.dead(who)).length;
  const seen = [...got.flat(), ...left];
  const known = new Set([...before, ...puts.flat()]);
  // None is torn, and none comes twice.
  if (!seen.every((message) => known.has(message)) || new Set(seen).size < seen.length) {
    return false;
  }
  const isPut = (who: number, message: number) => state.note(who).includes(`put ${message}`);
  const promised = [...before, ...puts.flatMap((all, who) => all.filter((one) => isPut(who, one)))];
  const missing = promised.filter((message) => !seen.includes(message));
  // A taker that died may have had one that it could not tell of.
  if (missing.length > deadTakers) return false;
  const refused = puts.flatMap((all, who) =>
    all.filter((one) => new RegExp(`(full|closed) ${one}\\b`).test(state.note(who)))
  );
  if (refused.some((message) => seen.includes(message))) return false;
  // What each has put comes in its order: to each taker, and what is left comes later than what is gone.
  return [before, ...puts].every((all) => {
    const inOrder = (some: readonly number[]) => {
      const places = some.filter((one) => all.includes(one)).map((one) => all.indexOf(one));
      return places.every((place, i) => i === 0 || places[i - 1] < place);
    };
    const latest = Math.max(-1, ...got.flat().map((one) => all.indexOf(one)));
    return got.every(inOrder) && inOrder(left) &&
      left.every((one) => !all.includes(one) || all.indexOf(one) > latest);
  });
}
