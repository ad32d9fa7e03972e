/** The few words of the real layout that a model of a primitive has, and processes that use them. */

import { HEADER } from "../../../src/memory/layout.ts";
import { type OwnerId, ownerId, slotOf } from "../../../src/memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../../../src/memory/words.ts";
import { DEAD, LIVE, packState, SLOT, slotAt } from "../../../src/owner/slot.ts";
import type { Waitable } from "../../../src/parking/waitable.ts";
import { ALL, type Party } from "../../../src/sync/party.ts";
import {
  type Participant,
  type Program,
  type Table,
  table,
  type Verbs,
  type View,
} from "../../model/explore.ts";
import { wordsWithout } from "../../model/left_out.ts";

/** A word that a model has: where it lies, and its first value. */
export type Field = readonly [at: WordIndex, first?: number];

/** What of a process a model changes. */
export interface Ways {
  /** Whether time has passed, where the search shall not choose. */
  readonly isOver?: boolean;
  /** Plants a bug: words that do something else. */
  readonly words?: (words: WordMemory) => WordMemory;
}

/** The words of a model for so many processes; slot and participant are one number. */
export class Ground {
  readonly table: Table;
  readonly processes: number;
  /** How many recoverers are processes like the others, in the slots that follow. */
  readonly #live: number;
  readonly #modelled: Map<WordIndex, number> = new Map();
  readonly #fixed: Map<WordIndex, number> = new Map();
  readonly #dropped: Set<WordIndex>;
  readonly #sleptOn: readonly WordIndex[];

  /**
   * @param fields The words by name.
   * @param sleptOn Those that somebody may sleep on.
   * @param dropped Those that are written and that nobody in the model needs.
   * @param recoverers How many recoverers hold something themselves, and so must be seen to live: the participants
   * that follow on the users.
   */
  constructor(
    processes: number,
    fields: Readonly<Record<string, Field>>,
    sleptOn: readonly WordIndex[],
    dropped: readonly WordIndex[] = [],
    recoverers = 0,
  ) {
    this.processes = processes;
    this.#live = recoverers;
    this.#sleptOn = sleptOn;
    this.#dropped = new Set(dropped);
    const declared: Record<string, number> = {};
    const declare = (name: string, at: WordIndex, first: number) => {
      this.#modelled.set(at, this.#modelled.size);
      declared[name] = first;
    };
    for (const [name, [at, first = 0]] of Object.entries(fields)) declare(name, at, first);
    this.#fixed.set(HEADER.ownersUsed, processes + recoverers);
    for (let slot = 0; slot < processes + recoverers; slot++) {
      declare(`state[${slot}]`, slotAt(slot) + SLOT.state, packState(LIVE, ownerId(slot, 1)));
    }
    this.table = table(declared);
  }

  /** Where a word is in the model. */
  place(at: WordIndex): number {
    const place = this.#modelled.get(at);
    if (place === undefined) throw new Error(`the model leaves out word ${at}`);
    return place;
  }

  /** The process in a slot, as the words see it. */
  party(verbs: Verbs, slot: number, ways: Ways = {}): Party {
    const words = this.#words(verbs);
    return {
      words: ways.words?.(words) ?? words,
      guarded: { get: words.load, set: words.store },
      self: ownerId(slot, 1),
      wake: (at, count) => verbs.kernel.wake(this.place(at), count),
      inspect: () => {},
      isAlive: (owner) => verbs.alive(slotOf(owner)),
      wakeThread: (at) => verbs.kernel.wake(this.place(at), 1),
      waitSync: <T>(waitable: Waitable<T>) => this.wait(verbs, waitable)!,
      stamp: () => 0,
      isOver: () => ways.isOver ?? verbs.choose(2) === 1,
    };
  }

  /** A process that comes when all is over, and finds what there is; what it writes is forgotten. */
  visitor(state: View): Party {
    const load = (place: number) => state.word(place);
    const words: WordMemory = {
      load,
      store: () => {},
      exchange: load,
      compareExchange: load,
      add: load,
      and: load,
      or: load,
    };
    return {
      words: this.#words({ words, assert: () => {} }),
      guarded: { get: load, set: () => {} },
      self: ownerId(this.processes, 1),
      wake: () => {},
      inspect: () => {},
      isAlive: () => true,
      wakeThread: () => {},
      waitSync: () => {
        throw new Error("a visitor does not wait");
      },
      stamp: () => 0,
      isOver: () => true,
    };
  }

  /**
   * What `Parking.waitSync` does; `undefined` if the time was over.
   *
   * @param isNoted Whether to note that it was announced, where that is remembered over waits inside of an attempt.
   */
  wait<T>(
    verbs: Verbs,
    { at, attempt, announce }: Waitable<T>,
    patience = Infinity,
    isNoted = false,
  ): T | undefined {
    for (;;) {
      const value = attempt();
      if (value !== undefined) return value;
      const expected = announce();
      if (expected === undefined) continue;
      if (isNoted) verbs.note("has announced");
      if (verbs.elapsed() >= patience) return undefined;
      verbs.kernel.wait(this.place(at), expected, patience);
    }
  }

  /**
   * Those that recover the dead, one after each death.
   *
   * @param bury What the primitive does about a dead process.
   */
  recoverers(deaths: number, bury: (party: Party, dead: OwnerId) => void): Participant[] {
    return Array.from({ length: deaths }, (_, i) => ({
      name: `recoverer ${i + 1}`,
      // Otherwise of a slot that nobody here is in: what it does is told from what the users do.
      run: this.#recover(bury, this.processes + (this.#live > 0 ? i : 0)),
      startsAfter: i + 1,
    }));
  }

  #recover(bury: (party: Party, dead: OwnerId) => void, self: number): Program {
    return (verbs) => {
      const party = this.party(verbs, self);
      const slots = Array.from({ length: this.processes + this.#live }, (_, slot) => slot);
      const dead = slots.filter((slot) => slot !== self && !verbs.alive(slot));
      // All of them first: who waits for one of the dead, so as to bury another, looks whether it is alive.
      for (const slot of dead) {
        party.words.store(slotAt(slot) + SLOT.state, packState(DEAD, ownerId(slot, 1)));
      }
      for (const slot of dead) bury(party, ownerId(slot, 1));
      for (const at of this.#sleptOn) verbs.kernel.wake(this.place(at), ALL);
    };
  }

  #words(verbs: Pick<Verbs, "words" | "assert">): WordMemory {
    const leftOut = { modelled: this.#modelled, fixed: this.#fixed, dropped: this.#dropped };
    return wordsWithout(leftOut, verbs);
  }
}

/** The name of a process in a slot of a model. */
export function ownerOf(slot: number): OwnerId {
  return ownerId(slot, 1);
}
