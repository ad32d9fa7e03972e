/** Readers and writers of one lock, who give up or wait, and whoever recovers the dead. */

import { REGION } from "../../../src/memory/layout.ts";
import { Line, LINE_WORDS } from "../../../src/sync/line.ts";
import { ABANDONED, MUTEX, Mutex, UNTOUCHED } from "../../../src/sync/mutex.ts";
import type { Party } from "../../../src/sync/party.ts";
import { READERS, Readers } from "../../../src/sync/readers.ts";
import { explore, type Program, type Report, type View } from "../../model/explore.ts";
import { type Field, Ground, type Ways } from "./ground.ts";

const WORD = REGION.size + 5;
const LINE_AT = REGION.size + 64;
const AT = REGION.size + 4_096;

/** What a model of the lock varies. */
export interface ReadersModel {
  readonly readers: number;
  readonly writers: number;
  /** Whether each reader has a second read while it reads, which is let in as one inside of the other, or is not. */
  readonly overlaps?: boolean;
  /** Whether the readers have waited for long, and take the mutex as writers do. */
  readonly late?: boolean;
  /** For how many ms each is willing to wait (default for ever). */
  readonly patience?: number;
  readonly deaths?: number;
  readonly spurious?: number;
  readonly timeouts?: number;
  readonly preemptions?: number;
  readonly ways?: Ways;
  /** Plants a bug. */
  readonly make?: (party: Party, at: number) => Readers;
}

/** Searches the model. A sleep that only its inspection interval would end counts as a deadlock. */
export function exploreReaders(model: ReadersModel): Report {
  const { readers, writers, patience, deaths = 0, ways = { isOver: false } } = model;
  const users = readers + writers;
  const counts = Array.from({ length: readers }, (_, slot) => AT + READERS.readers + slot);
  const ground = new Ground(
    users,
    {
      word: [WORD],
      losses: [WORD + MUTEX.losses],
      members: [LINE_AT + LINE_WORDS.members],
      last: [LINE_AT + LINE_WORDS.last],
      gate: [AT + READERS.gate],
      drain: [AT + READERS.drain],
      writers: [AT + READERS.writers],
      ...Object.fromEntries(counts.map((at, slot): [string, Field] => [`readers[${slot}]`, [at]])),
    },
    [WORD, AT + READERS.gate, AT + READERS.drain],
    // Those of writers stay 0.
    [
      LINE_AT + LINE_WORDS.turnAt,
      ...Array.from({ length: writers }, (_, i) => AT + READERS.readers + readers + i),
    ],
  );
  const make = model.make ?? ((party, at) => new Readers(party, at));
  const parts = (party: Party) => ({
    mutex: new Mutex(party, WORD, new Line(party, LINE_AT)),
    readers: make(party, AT),
  });

  // As in `RWLock`.
  const read = (slot: number): Program => (verbs) => {
    const { mutex, readers } = parts(ground.party(verbs, slot, ways));
    if (!model.late) {
      return ground.wait(verbs, readers.entrance("the rwlock", false), patience) ? "in" : "out";
    }
    const taken = ground.wait(verbs, mutex.acquisition("the rwlock", UNTOUCHED), patience);
    if (taken === undefined) {
      mutex.withdraw();
      return "out";
    }
    readers.enterInTurn();
    mutex.release(false);
    return "in";
  };
  const endReading = (slot: number): Program => (verbs, told) => {
    if (told === "out") return verbs.note("gave up");
    verbs.note("reads");
    verbs.pause();
    const { readers } = parts(ground.party(verbs, slot, ways));
    if (model.overlaps && !readers.enter(false)) {
      if (verbs.choose(2) === 0) {
        verbs.note("");
        readers.leave();
        if (ground.wait(verbs, readers.entrance("the rwlock", false), patience) === undefined) {
          return;
        }
        verbs.note("reads");
        verbs.pause();
        verbs.note("");
        return readers.leave();
      }
      // Its patience is over.
      readers.enterInTurn();
    }
    if (model.overlaps) {
      readers.leave();
      verbs.pause();
    }
    verbs.note("");
    readers.leave();
  };
  const write = (slot: number): Program => (verbs) => {
    const { mutex, readers } = parts(ground.party(verbs, slot, ways));
    readers.show();
    if (
      ground.wait(verbs, mutex.acquisition("the rwlock", UNTOUCHED), patience) === undefined
    ) {
      mutex.withdraw();
      readers.hide();
      return "out";
    }
    if (ground.wait(verbs, readers.drainage("the rwlock"), patience) === undefined) {
      mutex.release(false);
      readers.hide();
      return "out";
    }
    return mutex.touch() ? "abandoned" : "in";
  };
  const endWriting = (slot: number): Program => (verbs, told) => {
    if (told === "out") return verbs.note("gave up");
    verbs.note("writes");
    verbs.pause();
    verbs.note(told === "abandoned" ? "was told" : "");
    const { mutex, readers } = parts(ground.party(verbs, slot, ways));
    verbs.assert(mutex.release(false) === "released", "a writer can release");
    readers.hide();
  };

  return explore({
    words: ground.table,
    participants: [
      ...Array.from({ length: readers }, (_, i) => ({
        name: `reader ${i + 1}`,
        run: [read(i), endReading(i)],
        forgets: true,
      })),
      ...Array.from({ length: writers }, (_, i) => ({
        name: `writer ${i + 1}`,
        run: [write(readers + i), endWriting(readers + i)],
        forgets: true,
      })),
      ...ground.recoverers(deaths, (party, dead) => {
        const { mutex, readers } = parts(party);
        mutex.bury(dead);
        readers.bury(dead);
      }),
    ],
    invariants: {
      "at most one writes": (state) => state.noting("writes").length <= 1,
      "nobody reads while another writes": (state) =>
        state.noting("writes").length === 0 || state.noting("reads").length === 0,
    },
    outcomes: {
      "nobody has it": (state) => {
        const word = (at: number) => state.word(ground.place(at));
        return (word(WORD) & ~ABANDONED) === 0 && word(AT + READERS.writers) === 0 &&
          counts.every((at) => word(at) === 0);
      },
      "who writes after a dead writer is told": (state) => isTold(state, ground, users),
    },
    deaths,
    spurious: model.spurious ?? 0,
    timeouts: model.timeouts ?? 0,
    patience: false,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

function isTold(state: View, ground: Ground, users: number): boolean {
  const slots = Array.from({ length: users }, (_, slot) => slot);
  const died = slots.some((slot) => state.dead(slot) && state.note(slot) === "writes");
  return !died || slots.some((slot) => state.note(slot) === "was told") ||
    (state.word(ground.place(WORD)) & ABANDONED) !== 0;
}
