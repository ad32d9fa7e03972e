/**
 * Words: the only file that speaks to `Atomics`.
 *
 * A word is a 32-bit signed integer that processes share; it is named by its index in the small
 * region of the heap. Every operation is sequentially consistent.
 */

/** The index of a word. */
export type WordIndex = number;

/**
 * Shared words. {@linkcode Words} is the real thing; the model checker has another, which is why
 * every word algorithm takes this interface.
 */
export interface WordMemory {
  /** The value of a word. */
  load(at: WordIndex): number;
  /** Sets a word. */
  store(at: WordIndex, value: number): void;
  /** Sets a word and returns what it was. */
  exchange(at: WordIndex, value: number): number;
  /** Sets a word if it is `expected`; returns what it was. */
  compareExchange(at: WordIndex, expected: number, replacement: number): number;
  /** Adds to a word and returns what it was. */
  add(at: WordIndex, value: number): number;
  /** Ands a word and returns what it was. */
  and(at: WordIndex, value: number): number;
  /** Ors a word and returns what it was. */
  or(at: WordIndex, value: number): number;
}

/** What the kernel can do with a word. */
export interface Kernel {
  /**
   * Sleeps while the word is `expected`, for at most `milliseconds` (may be `Infinity`).
   * May return at any time for any reason: the caller looks at the word again.
   */
  wait(at: WordIndex, expected: number, milliseconds: number): void;
  /** Wakes at most `count` of those who sleep on the word, in any process. */
  wake(at: WordIndex, count: number): void;
}

/** Words in mapped memory. */
export class Words implements WordMemory {
  readonly #cells: Int32Array;

  /** @param cells The words, in memory that processes share. */
  constructor(cells: Int32Array) {
    this.#cells = cells;
  }

  /** How many words there are. */
  get length(): number {
    return this.#cells.length;
  }

  load(at: WordIndex): number {
    return Atomics.load(this.#cells, at);
  }

  store(at: WordIndex, value: number): void {
    Atomics.store(this.#cells, at, value);
  }

  exchange(at: WordIndex, value: number): number {
    return Atomics.exchange(this.#cells, at, value);
  }

  compareExchange(at: WordIndex, expected: number, replacement: number): number {
    return Atomics.compareExchange(this.#cells, at, expected, replacement);
  }

  add(at: WordIndex, value: number): number {
    return Atomics.add(this.#cells, at, value);
  }

  and(at: WordIndex, value: number): number {
    return Atomics.and(this.#cells, at, value);
  }

  or(at: WordIndex, value: number): number {
    return Atomics.or(this.#cells, at, value);
  }
}
