/** Participants that take and release one lock, wait for long or give up, and whoever recovers the dead. */

import { REGION } from "../../../src/memory/layout.ts";
import { Line, LINE_WORDS } from "../../../src/sync/line.ts";
import { MUTEX, Mutex } from "../../../src/sync/mutex.ts";
import type { Party } from "../../../src/sync/party.ts";
import { explore, type Program, type Report, type View } from "../../model/explore.ts";
import { Ground, type Ways } from "./ground.ts";

const WORD = REGION.size + 5;
const LINE_AT = REGION.size + 64;

/** What a model of the lock varies. */
export interface MutexModel {
  /** How many take it. */
  readonly users: number;
  /** How often the first one takes it (default 1). */
  readonly rounds?: number;
  /** For how many ms each is willing to wait (default for ever). */
  readonly patience?: number;
  readonly deaths?: number;
  readonly spurious?: number;
  readonly timeouts?: number;
  readonly preemptions?: number;
  readonly ways?: Ways;
  /** Plants a bug. */
  readonly mutex?: (party: Party, at: number, line: Line) => Mutex;
}

/** Searches the model. A sleep that only its inspection interval would end counts as a deadlock. */
export function exploreMutex(model: MutexModel): Report {
  const { users, rounds = 1, deaths = 0 } = model;
  const ground = new Ground(
    users,
    {
      word: [WORD],
      losses: [WORD + MUTEX.losses],
      members: [LINE_AT + LINE_WORDS.members],
      last: [LINE_AT + LINE_WORDS.last],
    },
    [WORD],
    [LINE_AT + LINE_WORDS.turnAt],
  );
  const make = model.mutex ?? ((party, at, line) => new Mutex(party, at, line));
  const mutexOf = (party: Party) => make(party, WORD, new Line(party, LINE_AT));

  const acquire = (slot: number): Program => (verbs) => {
    const mutex = mutexOf(ground.party(verbs, slot, model.ways));
    const taken = ground.wait(verbs, mutex.acquisition("the lock"), model.patience);
    if (taken === undefined) mutex.withdraw();
    return taken ?? "gave up";
  };
  const use = (slot: number): Program => (verbs, told) => {
    if (told === "gave up") return verbs.note(told);
    verbs.note("holds");
    verbs.pause();
    verbs.note(told === "abandoned" ? "was told" : "");
    const mutex = mutexOf(ground.party(verbs, slot, model.ways));
    verbs.assert(mutex.release(false) === "released", "a holder can release");
  };

  return explore({
    words: ground.table,
    participants: [
      ...Array.from({ length: users }, (_, slot) => ({
        name: "ABCDEF"[slot],
        run: Array(slot === 0 ? rounds : 1).fill([acquire(slot), use(slot)]).flat(),
        forgets: true,
      })),
      ...ground.recoverers(deaths, (party, dead) => mutexOf(party).bury(dead)),
    ],
    invariants: { "at most one holds the lock": (state) => state.noting("holds").length <= 1 },
    outcomes: {
      "the lock can be taken": (state) => afterwards(state, ground) !== undefined,
      "who comes after a dead holder is told": (state) => isTold(state, ground, users),
    },
    deaths,
    spurious: model.spurious ?? 0,
    timeouts: model.timeouts ?? 0,
    patience: false,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

/** What somebody would get who comes when all is over. */
function afterwards(state: View, ground: Ground): string | undefined {
  const party = ground.visitor(state);
  return new Mutex(party, WORD, new Line(party, LINE_AT)).take(0);
}

function isTold(state: View, ground: Ground, users: number): boolean {
  const slots = Array.from({ length: users }, (_, slot) => slot);
  const died = slots.some((slot) => state.dead(slot) && state.note(slot) === "holds");
  return !died || slots.some((slot) => state.note(slot) === "was told") ||
    afterwards(state, ground) === "abandoned";
}
