/**
 * The end of one side of a pipe, while others wait at the other: one for a message, one for room. Who ends it may
 * die over it; the recovery then does it again, as it does with every object whose keeper has died.
 */

import { Channel } from "../../../src/channel/channel.ts";
import { CHANNEL } from "../../../src/channel/layout.ts";
import type { Party } from "../../../src/channel/party.ts";
import { dropEnd, END } from "../../../src/channel/pipe_words.ts";
import { Draft, Taken } from "../../../src/channel/record.ts";
import { arrival, room } from "../../../src/channel/waits.ts";
import { explore, type Program, type Report } from "../../model/explore.ts";
import { AT, Ground, OTHERS, SECOND } from "./ground.ts";

/** What a model of a pipe's end varies. */
export interface PipeModel {
  readonly receivers: number;
  readonly senders: number;
  readonly deaths?: number;
  readonly preemptions?: number;
  /** Ends the side; by default as the library does. */
  readonly drop?: typeof dropEnd;
}

const WORDS = 6;
const LANDED = OTHERS + END.size;
const KEEPER = LANDED + 1;

function message(): Draft {
  const draft = new Draft();
  draft.setInline(0, 1, false);
  return draft;
}

/** Searches the model. */
export function explorePipe(model: PipeModel): Report {
  const { receivers, senders, deaths = 0, drop = dropEnd } = model;
  const closer = receivers + senders;
  const ground = new Ground(2, WORDS, [AT, SECOND], ["pipe", "side", "landed", "keeper"]).prepare(
    (party) => {
      Channel.create(party, AT, 1, [WORDS]);
      // Full, so that who sends there waits.
      Channel.create(party, SECOND, 1, [WORDS]).put(message());
      party.words.store(OTHERS + END.pipe, AT);
      party.words.store(KEEPER, closer + 1);
    },
  );
  const end = (party: Party): void =>
    drop(party, OTHERS + END.pipe, () => void party.words.add(LANDED, 1));

  const receive = (who: number): Program => (verbs) => {
    const party = ground.party(verbs, who);
    const channel = new Channel(party, AT, [WORDS]);
    const taken = new Taken();
    const attempt = () => {
      const outcome = channel.take(taken);
      return outcome === "empty" ? undefined : outcome;
    };
    const waiter = { by: "thread", what: "a message" } as const;
    verbs.note(party.waitSync(arrival(channel.frontier, attempt, waiter)));
  };
  const send = (who: number): Program => (verbs) => {
    const party = ground.party(verbs, who);
    const channel = new Channel(party, SECOND, [WORDS]);
    const attempt = () => {
      const outcome = channel.put(message());
      return outcome === "full" ? undefined : outcome;
    };
    const waiter = { by: "thread", what: "room" } as const;
    verbs.note(party.waitSync(room(channel.frontier, attempt, 1, waiter)));
  };
  const recover = (who: number): Program => (verbs) => {
    const party = ground.party(verbs, who);
    ground.recover(verbs, party, closer + deaths);
    // One at a time: an object has a keeper, and only a dead one is succeeded.
    const keeper = party.words.load(KEEPER);
    const isTakenOver = !verbs.alive(keeper - 1) &&
      party.words.compareExchange(KEEPER, keeper, who + 1) === keeper;
    if (isTakenOver) end(party);
    for (const at of [AT, SECOND]) {
      for (const word of [CHANNEL.tail, CHANNEL.head]) party.wake(at + word, 2 ** 30);
    }
  };

  return explore({
    words: ground.table,
    participants: [
      ...Array.from({ length: receivers }, (_, who) => ({
        name: `receiver ${who + 1}`,
        run: receive(who),
        // With deaths, it remembers whom it has found dead.
        forgets: deaths === 0,
      })),
      ...Array.from({ length: senders }, (_, i) => ({
        name: `sender ${i + 1}`,
        run: send(receivers + i),
        // With deaths, it remembers whom it has found dead.
        forgets: deaths === 0,
      })),
      { name: "closer", run: (verbs) => end(ground.party(verbs, closer)) },
      ...Array.from({ length: deaths }, (_, i) => ({
        name: `recoverer ${i + 1}`,
        run: recover(closer + 1 + i),
        startsAfter: i + 1,
      })),
    ],
    invariants: {
      "the pipe is let go of once": (state) => state.word(ground.place(LANDED)) <= 1,
    },
    outcomes: {
      "who waits finds the end": (state) =>
        Array.from({ length: closer }, (_, who) => who).every((who) =>
          state.dead(who) || state.note(who) === "closed"
        ),
      "the pipe is let go of": (state) => deaths > 0 || state.word(ground.place(LANDED)) === 1,
    },
    deaths,
    patience: false,
    maxSteps: 1000,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}
