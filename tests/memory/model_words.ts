/** Some words of the real layout as the words of a model, under their real indexes. */
import type { WordIndex, WordMemory } from "../../src/memory/words.ts";
import { type Table, table, type Verbs } from "../model/explore.ts";

/** Maps the words of a layout to those of a model. */
export class ModelWords {
  readonly #places: Map<WordIndex, number> = new Map();
  readonly #declared: Record<string, number> = {};
  readonly #fixed: (at: WordIndex) => number | undefined;

  /** @param fixed What a word reads as that is not modelled, and is written in vain; undefined: a fault. */
  constructor(fixed: (at: WordIndex) => number | undefined) {
    this.#fixed = fixed;
  }

  /** Models a word. */
  declare(name: string, at: WordIndex, first = 0): void {
    this.#places.set(at, this.#places.size);
    this.#declared[name] = first;
  }

  /** The words of the model. */
  get table(): Table {
    return table(this.#declared);
  }

  /** Where a word is in the model. */
  place(at: WordIndex): number {
    return this.#places.get(at)!;
  }

  /** The words as a participant uses them. */
  of({ words, assert }: Verbs): WordMemory {
    const access = (at: WordIndex, act: (place: number) => number): number => {
      const place = this.#places.get(at);
      if (place !== undefined) return act(place);
      const fixed = this.#fixed(at);
      assert(fixed !== undefined, `uses word ${at}, which the model leaves out`);
      return fixed!;
    };
    return {
      load: (at) => access(at, (place) => words.load(place)),
      store: (at, value) => {
        access(at, (place) => {
          words.store(place, value);
          return 0;
        });
      },
      exchange: (at, value) => access(at, (place) => words.exchange(place, value)),
      compareExchange: (at, expected, replacement) =>
        access(at, (place) => words.compareExchange(place, expected, replacement)),
      add: (at, value) => access(at, (place) => words.add(place, value)),
      and: (at, value) => access(at, (place) => words.and(place, value)),
      or: (at, value) => access(at, (place) => words.or(place, value)),
    };
  }
}
