/** Words without a heap: of a gibibyte, only what is touched takes memory. */
import type { WordIndex, WordMemory } from "../../src/memory/words.ts";

const CHUNK_WORDS = 4096;

/** Called before every operation; it may do anything, or throw, as if the process were killed there. */
export type OnStep = () => void;

/** Words that read as 0 until they are written. */
export class SparseWords implements WordMemory {
  readonly #chunks: Map<number, Int32Array> = new Map();
  readonly #onStep: OnStep;

  constructor(onStep: OnStep = () => {}, chunks?: Map<number, Int32Array>) {
    this.#onStep = onStep;
    if (chunks !== undefined) this.#chunks = chunks;
  }

  /** The same words, as somebody else uses them. */
  as(onStep: OnStep): SparseWords {
    return new SparseWords(onStep, this.#chunks);
  }

  load(at: WordIndex): number {
    return this.#change(at, (value) => value);
  }

  store(at: WordIndex, value: number): void {
    this.#change(at, () => value);
  }

  exchange(at: WordIndex, value: number): number {
    return this.#change(at, () => value);
  }

  compareExchange(at: WordIndex, expected: number, replacement: number): number {
    return this.#change(at, (value) => value === (expected | 0) ? replacement : value);
  }

  add(at: WordIndex, value: number): number {
    return this.#change(at, (before) => before + value);
  }

  and(at: WordIndex, value: number): number {
    return this.#change(at, (before) => before & value);
  }

  or(at: WordIndex, value: number): number {
    return this.#change(at, (before) => before | value);
  }

  /** Zeros, without a step. */
  clear(at: WordIndex, count: number): void {
    for (let i = at; i < at + count;) {
      const within = i % CHUNK_WORDS;
      const length = Math.min(CHUNK_WORDS - within, at + count - i);
      this.#chunks.get(Math.floor(i / CHUNK_WORDS))?.fill(0, within, within + length);
      i += length;
    }
  }

  #change(at: WordIndex, change: (value: number) => number): number {
    this.#onStep();
    const number = Math.floor(at / CHUNK_WORDS);
    let chunk = this.#chunks.get(number);
    if (chunk === undefined) this.#chunks.set(number, chunk = new Int32Array(CHUNK_WORDS));
    const before = chunk[at % CHUNK_WORDS];
    chunk[at % CHUNK_WORDS] = change(before);
    return before;
  }
}
