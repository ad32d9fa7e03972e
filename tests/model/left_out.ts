/** The words of a real layout of which a model has only a few. */

import type { WordIndex, WordMemory } from "../../src/memory/words.ts";
import type { Verbs } from "./explore.ts";

/** What becomes of the words of a layout. */
export interface LeftOut {
  /** Where those are that the model has. */
  readonly modelled: ReadonlyMap<WordIndex, number>;
  /** The values of those that never change; all others read as 0. */
  readonly fixed: ReadonlyMap<WordIndex, number>;
  /** Those that are written, and that nobody in the model needs. */
  readonly dropped: ReadonlySet<WordIndex>;
}

/** The words as a participant uses them: a write to one that the model leaves out is a violation. */
export function wordsWithout(
  { modelled, fixed, dropped }: LeftOut,
  { words, assert }: Pick<Verbs, "words" | "assert">,
): WordMemory {
  const write = (at: WordIndex, act: (place: number) => number): number => {
    const place = modelled.get(at);
    if (place !== undefined) return act(place);
    assert(dropped.has(at), `writes to word ${at}, which the model leaves out`);
    return 0;
  };
  return {
    load: (at) => {
      const place = modelled.get(at);
      return place === undefined ? fixed.get(at) ?? 0 : words.load(place);
    },
    store: (at, value) => {
      write(at, (place) => {
        words.store(place, value);
        return 0;
      });
    },
    exchange: (at, value) => write(at, (place) => words.exchange(place, value)),
    compareExchange: (at, expected, replacement) =>
      write(at, (place) => words.compareExchange(place, expected, replacement)),
    add: (at, value) => write(at, (place) => words.add(place, value)),
    and: (at, value) => write(at, (place) => words.and(place, value)),
    or: (at, value) => write(at, (place) => words.or(place, value)),
  };
}
