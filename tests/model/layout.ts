/** Real layouts in a model: its words by where they lie, and what a process does with them. */

import type { WordIndex, WordMemory } from "../../src/memory/words.ts";
import type { Waitable } from "../../src/parking/waitable.ts";
import type { Verbs } from "./participant.ts";
import { type Table, table } from "./table.ts";

/** A word was looked for that the model does not have. */
export class NowhereError extends Error {}

/** Where the words of a model lie. */
export class Places {
  readonly #places: Map<WordIndex, number> = new Map();
  readonly #declared: Record<string, number> = {};

  /** Gives the model a word, 0 at first. */
  declare(name: string, at: WordIndex): void {
    this.#places.set(at, this.#places.size);
    this.#declared[name] = 0;
  }

  /** The words that were declared. */
  table(): Table {
    return table(this.#declared);
  }

  /** Which word of the model lies there, if any. */
  find(at: WordIndex): number | undefined {
    return this.#places.get(at);
  }

  /** Which word of the model lies there. */
  place(at: WordIndex): number {
    const place = this.#places.get(at);
    if (place === undefined) throw new NowhereError(`word ${at} is not in the model`);
    return place;
  }

  /** The words of a participant by where they lie. */
  memory({ words }: Verbs): WordMemory {
    return {
      load: (at) => words.load(this.place(at)),
      store: (at, value) => words.store(this.place(at), value),
      exchange: (at, value) => words.exchange(this.place(at), value),
      compareExchange: (at, expected, replacement) =>
        words.compareExchange(this.place(at), expected, replacement),
      add: (at, value) => words.add(this.place(at), value),
      and: (at, value) => words.and(this.place(at), value),
      or: (at, value) => words.or(this.place(at), value),
    };
  }

  /** How a participant waits on its thread. */
  waitSync<T>({ kernel }: Verbs, waitable: Waitable<T>): T {
    for (;;) {
      const value = waitable.attempt();
      if (value !== undefined) return value;
      const expected = waitable.announce();
      if (expected === undefined) continue;
      kernel.wait(this.place(waitable.at), expected, 100);
    }
  }

  /** A table whose words have the values that somebody gives them while nobody else does anything. */
  prepared(from: Table, act: (words: WordMemory) => void): Table {
    const initial = [...from.initial];
    act(plainWords((at) => initial[this.place(at)], (at, value) => {
      initial[this.place(at)] = value;
    }));
    return { ...from, initial };
  }
}

/** Words that nobody else touches meanwhile. */
export function plainWords(
  get: (at: WordIndex) => number,
  set: (at: WordIndex, value: number) => void,
): WordMemory {
  const change = (at: WordIndex, to: (value: number) => number): number => {
    const before = get(at);
    set(at, to(before));
    return before;
  };
  return {
    load: get,
    store: set,
    exchange: (at, value) => change(at, () => value),
    compareExchange: (at, expected, replacement) =>
      change(at, (value) => value === expected ? replacement : value),
    add: (at, value) => change(at, (before) => before + value),
    and: (at, value) => change(at, (before) => before & value),
    or: (at, value) => change(at, (before) => before | value),
  };
}

/** What a process that is alone does with facts that do not hold. */
export function throwUnless(fact: boolean, message: string): void {
  if (!fact) throw new Error(message);
}
