/**
 * Cells: small pieces of shared memory, each with two words of header in front of its payload.
 *
 * | header word | value | meaning |
 * | --- | --- | --- |
 * | state | 0 | free |
 * | state | owner | allocated; goes when this owner dies |
 * | state | -1 SHARED | allocated; stays until somebody frees it |
 * | byteLength | n ≥ 0 | how many bytes of the payload are asked for |
 * | byteLength | -1 - n | the same, and tagged: see `owner/cargo.ts` |
 *
 * The state word is the truth: allocating is one compare-exchange on it, freeing one exchange, so a
 * process that is killed in between leaves nothing half done. The lists of free cells that each
 * process keeps for itself are hints. Sizes above the largest class get a run of spans of their own.
 */
import { OutOfMemoryError, ProcessError } from "../errors.ts";
import { FIRST_SPAN, SPAN_BYTES, SPAN_WORDS, SPANS } from "./layout.ts";
import type { OwnerId } from "./owner_id.ts";
import { CELLS, RUN, type Spans, WHOLE } from "./spans.ts";
import type { WordIndex, WordMemory } from "./words.ts";

/** Whole sizes of the classes in bytes, headers included; multiples of 32, so payloads lie at 8. */
const CLASS_BYTES: readonly number[] = [
  32,
  64,
  96,
  128,
  192,
  256,
  384,
  512,
  1024,
  2048,
  4096,
  8192,
  16384,
  21824,
  32768,
  65536,
];

/** How many words stand in front of a payload. */
export const CELL_HEADER_WORDS = 2;
const HEADER_BYTES = CELL_HEADER_WORDS * 4;

/** The state of a cell that belongs to no single process. */
export const SHARED = -1;
const FREE = 0;

/** The largest payload of a cell or run, in bytes: what is larger becomes a block. */
export const LARGEST_CELL_BYTES: number = 2 ** 20 - HEADER_BYTES;

/** Allocates cells for one process. */
export class Cells {
  readonly #words: WordMemory;
  readonly #spans: Spans;
  readonly #owner: OwnerId;
  /** For each size class: cells that were free when last seen, and the spans that are ours. */
  readonly #free: WordIndex[][] = CLASS_BYTES.map(() => []);
  readonly #mine: number[][] = CLASS_BYTES.map(() => []);
  readonly #trimAt: number[] = CLASS_BYTES.map(() => 2 * SPAN_BYTES);

  /**
   * @param words The words of the heap.
   * @param spans Its span table.
   * @param owner Who allocates.
   */
  constructor(words: WordMemory, spans: Spans, owner: OwnerId) {
    this.#words = words;
    this.#spans = spans;
    this.#owner = owner;
  }

  /**
   * Allocates `byteLength` bytes that belong to this process; their content is whatever lay there.
   *
   * @returns The index of the payload's first word, a multiple of 2.
   * @throws {OutOfMemoryError} if the region or the machine is full.
   */
  allocate(byteLength: number): WordIndex {
    const sizeClass = classOf(byteLength);
    const payload = sizeClass < 0 ? this.#allocateRun(byteLength) : this.#allocateCell(sizeClass);
    this.#words.store(payload - 1, byteLength);
    return payload;
  }

  /** Frees a cell or run, whosesoever it is. */
  free(payload: WordIndex): void {
    const header = payload - CELL_HEADER_WORDS;
    const span = Math.floor(header / SPAN_WORDS);
    const { kind, detail, owner } = this.#spans.state(span);
    if (kind === RUN) {
      if (!this.#spans.releaseRun(span, this.#owner)) throw doubleFree(payload);
      return;
    }
    if (kind !== CELLS || this.#words.exchange(header, FREE) === FREE) throw doubleFree(payload);
    if (owner !== this.#owner) return;
    const list = this.#free[detail];
    list.push(header);
    if (list.length * CLASS_BYTES[detail] > this.#trimAt[detail]) this.#trim(detail);
  }

  /** How many bytes were asked for. */
  byteLength(payload: WordIndex): number {
    const word = this.#words.load(payload - 1);
    return word < 0 ? -1 - word : word;
  }

  /** Marks a cell for those who recover what it means to them. */
  tag(payload: WordIndex): void {
    this.#words.store(payload - 1, -1 - this.byteLength(payload));
  }

  /** Whether a cell was marked. */
  isTagged(payload: WordIndex): boolean {
    return this.#words.load(payload - 1) < 0;
  }

  /** Whose a cell is: an owner, or SHARED. */
  ownerOf(payload: WordIndex): number {
    return this.#words.load(payload - CELL_HEADER_WORDS);
  }

  /** Hands a cell over; false if it was not `from`'s any more. */
  handOver(payload: WordIndex, from: number, to: number): boolean {
    return this.#words.compareExchange(payload - CELL_HEADER_WORDS, from, to) === from;
  }

  /** Frees what belongs to a dead owner. Can be repeated. */
  recover(dead: OwnerId): void {
    const end = this.#spans.end;
    for (let span = FIRST_SPAN; span < end; span++) {
      const { kind, detail } = this.#spans.state(span);
      if (kind === RUN && detail === WHOLE) {
        // The header keeps saying whose it was: a recoverer that dies here leaves the run to the next.
        if (this.#words.load(span * SPAN_WORDS) === dead) {
          this.#spans.releaseRun(span, this.#owner);
        }
      } else if (kind === CELLS) {
        for (const header of cellsOf(span, detail)) {
          this.#words.compareExchange(header, dead, FREE);
        }
      }
    }
    this.#spans.recover(dead);
  }

  /** How many cells and runs are allocated, of one owner or of all: for tests and diagnostics. */
  count(owner?: number): number {
    let count = 0;
    for (const _ of this.payloads(owner)) count++;
    return count;
  }

  /** The payloads of all cells and runs of one owner (SHARED, too, is one), or of all. */
  *payloads(owner?: number): Generator<WordIndex> {
    const end = this.#spans.end;
    for (let span = FIRST_SPAN; span < end; span++) {
      const { kind, detail } = this.#spans.state(span);
      const headers = kind === CELLS
        ? cellsOf(span, detail)
        : kind === RUN && detail === WHOLE
        ? [span * SPAN_WORDS]
        : [];
      for (const header of headers) {
        const state = this.#words.load(header);
        if (owner === undefined ? state !== FREE : state === owner) {
          yield header + CELL_HEADER_WORDS;
        }
      }
    }
  }

  #allocateCell(sizeClass: number): WordIndex {
    const list = this.#free[sizeClass];
    for (;;) {
      while (list.length > 0) {
        const header = list.pop()!;
        if (this.#words.compareExchange(header, FREE, this.#owner) === FREE) {
          return header + CELL_HEADER_WORDS;
        }
      }
      this.#refill(sizeClass);
    }
  }

  /** Looks for cells that others have freed; takes another span if these are few. */
  #refill(sizeClass: number): void {
    const list = this.#free[sizeClass];
    const spans = this.#mine[sizeClass];
    let cells = 0;
    for (const span of spans) {
      for (const header of cellsOf(span, sizeClass)) {
        cells++;
        if (this.#words.load(header) === FREE) list.push(header);
      }
    }
    if (list.length * 8 > cells) return;
    let span = this.#spans.adoptCells(sizeClass, this.#owner);
    if (span < 0) {
      span = this.#spans.claimCells(sizeClass, this.#owner);
      if (span < 0) {
        if (list.length > 0) return;
        throw regionFull(CLASS_BYTES[sizeClass]);
      }
      // What lay here before had its headers elsewhere.
      for (const header of cellsOf(span, sizeClass)) this.#words.store(header, FREE);
    }
    spans.push(span);
    for (const header of cellsOf(span, sizeClass)) {
      if (this.#words.load(header) === FREE) list.push(header);
    }
  }

  /** Gives spans back of which every cell is free, all but one. */
  #trim(sizeClass: number): void {
    const kept: number[] = [];
    const list: WordIndex[] = [];
    let spare = false;
    for (const span of this.#mine[sizeClass]) {
      const free: WordIndex[] = [];
      let cells = 0;
      for (const header of cellsOf(span, sizeClass)) {
        cells++;
        if (this.#words.load(header) === FREE) free.push(header);
      }
      if (free.length === cells && spare) {
        this.#spans.releaseCells(span, sizeClass, this.#owner);
        continue;
      }
      if (free.length === cells) spare = true;
      kept.push(span);
      for (const header of free) list.push(header);
    }
    this.#mine[sizeClass] = kept;
    this.#free[sizeClass] = list;
    this.#trimAt[sizeClass] = 2 * (list.length * CLASS_BYTES[sizeClass] + SPAN_BYTES);
  }

  #allocateRun(byteLength: number): WordIndex {
    const length = Math.ceil((byteLength + HEADER_BYTES) / SPAN_BYTES);
    const start = this.#spans.claimRun(length, this.#owner);
    if (start < 0) throw regionFull(byteLength);
    const header = start * SPAN_WORDS;
    this.#words.store(header, this.#owner);
    this.#spans.publishRun(start, this.#owner);
    return header + CELL_HEADER_WORDS;
  }
}

function classOf(byteLength: number): number {
  const whole = byteLength + HEADER_BYTES;
  return CLASS_BYTES.findIndex((bytes) => bytes >= whole);
}

function* cellsOf(span: number, sizeClass: number): Generator<WordIndex> {
  const words = CLASS_BYTES[sizeClass] / 4;
  const first = span * SPAN_WORDS;
  for (let at = 0; at + words <= SPAN_WORDS; at += words) yield first + at;
}

function regionFull(byteLength: number): OutOfMemoryError {
  return new OutOfMemoryError(
    `Cannot allocate shared memory: asked for ${byteLength} bytes, all ${SPANS} spans of the ` +
      "small region are in use",
  );
}

function doubleFree(payload: WordIndex): ProcessError {
  return new ProcessError(`Cannot free shared memory: the cell at word ${payload} is free`);
}
