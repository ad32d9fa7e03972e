/**
 * Runs a program as far as a log of answers reaches, and one operation further.
 *
 * A word algorithm is a plain synchronous function, so it cannot be suspended; it can only be left
 * by a throw, and be called again from its start with all that it was told before.
 */

import type { WordMemory } from "../../src/memory/words.ts";
import { type Operation, type Program, sameOperation, type Verbs } from "./participant.ts";
import type { Log } from "./place.ts";
import { callers } from "./callers.ts";

/** An answer to `wait` and `hear` that says: the time ran out. */
export const TIMED_OUT = -1;

/** An answer to `wait` and `hear` that says: it was woken, and in the same instant the time ran out. */
export const LATE = -2;

/** Where a program is after some answers. */
export type Next =
  | { readonly state: "asks"; readonly operation: Operation }
  | { readonly state: "finished"; readonly told: string }
  | { readonly state: "failed"; readonly message: string };

/** What one replay found. */
export interface Replay {
  readonly next: Next;
  readonly note: string;
  /** How much time has passed in waits. */
  readonly elapsed: number;
  /** Who called, where a wait comes next. */
  readonly stack: string;
}

class Suspended extends Error {}
const SUSPENDED = new Suspended("suspended: not an error, do not catch");

/** Replays a program; the operations of its log find out a program that is not deterministic. */
export function replay(program: Program, told: string, { asked, answers }: Log): Replay {
  let at = 0;
  let stack = "";
  let note = "";
  let elapsed = 0;
  let next: Next | undefined;

  function answer(operation: Operation): number {
    // A `finally` of the algorithm runs on the way out of a suspension: it must not act either.
    if (next !== undefined) throw SUSPENDED;
    if (at === answers.length) {
      next = { state: "asks", operation };
      if (operation.verb === "wait" || operation.verb === "hear") stack = callers();
      throw SUSPENDED;
    }
    if (!sameOperation(operation, asked[at])) {
      throw new Error(
        `A participant is not deterministic: step ${at} was ${asked[at].verb} of ${
          asked[at].at
        }, ` +
          `now it is ${operation.verb} of ${operation.at}`,
      );
    }
    const result = answers[at++];
    const waits = operation.verb === "wait" || operation.verb === "hear";
    if (waits && (result === TIMED_OUT || result === LATE)) {
      elapsed += operation.other;
    }
    return result;
  }

  function ask(verb: Operation["verb"], at = 0, value = 0, other = 0): number {
    return answer({ verb, at, value: value | 0, other });
  }

  const words: WordMemory = {
    load: (at) => ask("load", at),
    store: (at, value) => void ask("store", at, value),
    exchange: (at, value) => ask("exchange", at, value),
    compareExchange: (at, expected, replacement) =>
      ask("compareExchange", at, expected, replacement | 0),
    add: (at, value) => ask("add", at, value),
    and: (at, value) => ask("and", at, value),
    or: (at, value) => ask("or", at, value),
  };
  const verbs: Verbs = {
    words,
    kernel: {
      wait: (at, expected, milliseconds) => void ask("wait", at, expected, milliseconds),
      wake: (at, count) => void ask("wake", at, 0, count),
    },
    ring: (participant) => void ask("ring", participant),
    hear: (patience = Infinity) => ask("hear", 0, 0, patience) !== TIMED_OUT,
    alive: (participant) => ask("alive", participant) === 1,
    pause: () => void ask("pause"),
    choose: (n) => ask("choose", n),
    elapsed: () => elapsed,
    note(text) {
      if (next === undefined) note = text;
    },
    assert(fact, message) {
      if (fact || next !== undefined) return;
      next = { state: "failed", message };
      throw SUSPENDED;
    },
  };

  try {
    const tells = program(verbs, told) ?? "";
    next ??= { state: "finished", told: tells };
  } catch (error) {
    next ??= { state: "failed", message: `threw ${error}` };
  }
  return { next, note, elapsed, stack };
}
