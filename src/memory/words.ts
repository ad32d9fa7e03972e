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

const own = new Int32Array(1);

/**
 * What was read before, plainly too, was read before what is loaded after: without it a processor may read
 * the bytes that a word speaks of after it has looked at that word again.
 */
export function fence(): void {
  // A store that releases waits for the reads before it, and a load that acquires does not overtake it.
  Atomics.store(own, 0, 0);
}

/**
 * Words that one process touches at a time, without the price of atomic operations.
 *
 * What is written here, others see once they have observed a word that the writer has changed through
 * {@linkcode WordMemory} afterwards; until they have, they must not look.
 */
export interface PlainMemory {
  /** The value of a word. */
  get(at: WordIndex): number;
  /** Sets a word. */
  set(at: WordIndex, value: number): void;
  /** Copies words from here. */
  read(at: WordIndex, into: Int32Array, count: number): void;
  /** Copies words to here. */
  write(at: WordIndex, from: Int32Array, count: number): void;
}

/** Plain words in mapped memory. */
export class PlainWords implements PlainMemory {
  readonly #cells: Int32Array;
  readonly #floats: Float64Array;

  /** @param buffer The words, in memory that processes share. */
  constructor(buffer: ArrayBuffer) {
    this.#cells = new Int32Array(buffer);
    this.#floats = new Float64Array(buffer);
  }

  get(at: WordIndex): number {
    return this.#cells[at];
  }

  set(at: WordIndex, value: number): void {
    this.#cells[at] = value;
  }

  /** The number in two words, the first at an even index. */
  getFloat(at: WordIndex): number {
    const value = this.#floats[at >>> 1];
    // What comes out of a Float64Array is a boxed double to an engine, and code that it is given to would be compiled
    // for doubles, at half the speed for integers: 32 bits are given as the small integer that they were.
    const integer = value | 0;
    return integer === value && (integer !== 0 || 1 / value > 0) ? integer : value;
  }

  /** Puts a number into two words, the first at an even index. */
  setFloat(at: WordIndex, value: number): void {
    this.#floats[at >>> 1] = value;
  }

  read(at: WordIndex, into: Int32Array, count: number): void {
    const cells = this.#cells;
    for (let i = 0; i < count; i++) into[i] = cells[at + i];
  }

  write(at: WordIndex, from: Int32Array, count: number): void {
    const cells = this.#cells;
    for (let i = 0; i < count; i++) cells[at + i] = from[i];
  }
}

/** Integer arrays, whose elements can be changed in one step. */
export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The elements of an integer array in shared memory; operations are sequentially consistent. */
export class IntegerElements<T extends number | bigint> {
  // What `Atomics` takes is one of two families; which one, T says.
  readonly #array: Int32Array;

  /** @param array The elements; of `bigint` if T is. */
  constructor(array: IntegerArray) {
    this.#array = array as Int32Array;
  }

  /** The value of an element. */
  load(index: number): T {
    return Atomics.load(this.#array, index) as T;
  }

  /** Sets an element; what is beyond its range wraps around. */
  store(index: number, value: T): void {
    Atomics.store(this.#array, index, value as number);
  }

  /** Sets an element and returns what it was. */
  exchange(index: number, value: T): T {
    return Atomics.exchange(this.#array, index, value as number) as T;
  }

  /** Sets an element if it is `expected`; returns what it was. */
  compareExchange(index: number, expected: T, replacement: T): T {
    return Atomics.compareExchange(
      this.#array,
      index,
      expected as number,
      replacement as number,
    ) as T;
  }

  /** Adds to an element, wrapping around, and returns what it was. */
  add(index: number, value: T): T {
    return Atomics.add(this.#array, index, value as number) as T;
  }
}
