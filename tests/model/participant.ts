/** What a model is written in: participants, and the verbs that they have. */

import type { Kernel, WordMemory } from "../../src/memory/words.ts";

/**
 * The verbs of a participant. The words, the kernel, `ring`, `hear`, `alive` and `pause` are steps:
 * before each of them any other participant may go, and this one may die. What a participant
 * computes between two steps, `choose` included, happens with the step before it.
 */
export interface Verbs {
  /** The shared words. */
  readonly words: WordMemory;
  /** The futex: which sleepers a wake reaches is a choice of the search. */
  readonly kernel: Kernel;
  /** Writes into the pipe of a participant. */
  ring(participant: number): void;
  /**
   * Blocks until there is something in this participant's pipe, and empties it. With a finite
   * patience (ms) it may give up, and then returns false: a timeout, or an abort.
   */
  hear(patience?: number): boolean;
  /** Whether a participant has not died: what a process finds out by pid and start time. */
  alive(participant: number): boolean;
  /** A step that does nothing. */
  pause(): void;
  /** One of 0 … n - 1; the search tries all. */
  choose(n: number): number;
  /** How many ms this participant has spent in waits that timed out. Not a step. */
  elapsed(): number;
  /** Says what this participant is at, until it says something else; the invariants read it. */
  note(text: string): void;
  /** Reports a violation unless `fact`. */
  assert(fact: boolean, message: string): void;
}

/**
 * One thread of control. It must be deterministic and keep nothing outside of itself, as it is
 * called again and again. What it returns is all that the participant's next program is told.
 */
export type Program = (verbs: Verbs, told: string) => string | void;

/** A process in a model. */
export interface Participant {
  readonly name: string;
  /**
   * What it does. Of several programs, each knows of those before it what it is told: states that
   * differ only in how an earlier program went are then one state, which keeps a search small.
   */
  readonly run: Program | readonly Program[];
  /**
   * Whether it remembers nothing over a wait but where in its code it waits, as a loop that looks
   * again at everything does. Its waits then merge, and there may be any number of them. That it
   * is so is checked by samples (default false).
   */
  readonly forgets?: boolean;
  /** How many deaths there must have been before this one starts: a recoverer (default 0). */
  readonly startsAfter?: number;
  /** Whether the search may kill it (default true). */
  readonly mortal?: boolean;
  /** Whether it may be left waiting when nobody can go on (default false). */
  readonly mayBlock?: boolean;
}

/** What a participant asks of the world in one step. */
export interface Operation {
  readonly verb:
    | "load"
    | "store"
    | "exchange"
    | "compareExchange"
    | "add"
    | "and"
    | "or"
    | "wait"
    | "wake"
    | "ring"
    | "hear"
    | "alive"
    | "pause"
    | "choose";
  /** The word, or the participant, or the number of choices. */
  readonly at: number;
  /** The value, or what is expected. */
  readonly value: number;
  /** The replacement, the count, or the patience. */
  readonly other: number;
}

/** Whether two operations are the same. */
export function sameOperation(one: Operation, two: Operation): boolean {
  return one.verb === two.verb && one.at === two.at && one.value === two.value &&
    one.other === two.other;
}
