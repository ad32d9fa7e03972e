/**
 * Cells: small pieces of shared memory, each with two words of header in front of its payload.
 *
 * | header word | value | meaning |
 * | --- | --- | --- |
 * | state | 0 | free |
 * | state | owner | allocated; goes when this owner dies |
 * | state | -1 SHARED | allocated; belongs to nobody: a shared object of `owner/holdings.ts` |
 * | state | owner, AT_WORK | the same, and this recoverer looks at it |
 * | state | -1 - n | allocated; inside the shared object n, see `insideOf` |
 * | byteLength | n ≥ 0 | how many bytes of the payload are asked for |
 * | byteLength | -1 - n | the same, and tagged: see `owner/cargo.ts` |
 *
 * The state word is the truth: allocating is one compare-exchange on it, freeing one exchange, so a
 * process that is killed in between leaves nothing half done. The lists of free cells that each
 * process keeps for itself are hints. Sizes above the largest class get a run of spans of their own, whose
 * state stands in the span table: the first words of a span may be anybody's data a moment later.
 */
import { OutOfMemoryError, ProcessError } from "../errors.ts";
import { FIRST_SPAN, SPAN_BYTES, SPAN_WORDS, SPANS } from "./layout.ts";
import { isOwner, type OwnerId } from "./owner_id.ts";
import { CELLS, RUN, type Scans, type Spans } from "./spans.ts";
import type { WordIndex, WordMemory } from "./words.ts";

/** Whole sizes of the classes in bytes, headers included; multiples of 32, so payloads lie at 8. */
export const CLASS_BYTES: readonly number[] = [
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

/**
 * The state of what lies inside a shared object, as a message in a queue does: it belongs to nobody else, and
 * stays until that object lets it go. Objects lie at least 8 words apart, so each has a number of its own.
 */
export function insideOf(object: WordIndex): number {
  return SHARED - (object >>> 3);
}

/** Whether somebody is dead whose things are to be freed. */
export type IsDead = (owner: OwnerId) => boolean;

/** The largest payload of a cell or run, in bytes: what is larger becomes a block. */
export const LARGEST_CELL_BYTES: number = 2 ** 20 - HEADER_BYTES;

/** Allocates cells for one process. */
export class Cells {
  readonly #words: WordMemory;
  readonly #spans: Spans;
  readonly #scans: Scans;
  readonly #owner: OwnerId;
  /** For each size class: cells that were free when last seen, and the spans that are ours. */
  readonly #free: WordIndex[][] = CLASS_BYTES.map(() => []);
  readonly #mine: number[][] = CLASS_BYTES.map(() => []);
  /** From how many free bytes on it is worth while to look for spans to give back. */
  readonly #trimAt: number[] = CLASS_BYTES.map(() => 2 * SPAN_BYTES);
  /** For how many frees not to look, because it could not be done. */
  readonly #trimLater: number[] = CLASS_BYTES.map(() => 0);

  /**
   * @param words The words of the heap.
   * @param spans Its span table.
   * @param scans Who looks through the cells of others.
   * @param owner Who allocates.
   */
  constructor(words: WordMemory, spans: Spans, scans: Scans, owner: OwnerId) {
    this.#words = words;
    this.#spans = spans;
    this.#scans = scans;
    this.#owner = owner;
  }

  /**
   * Allocates `byteLength` bytes that belong to this process; their content is whatever lay there.
   *
   * @returns The index of the payload's first word, a multiple of 2.
   * @throws {OutOfMemoryError} if the region or the machine is full.
   */
  allocate(byteLength: number): WordIndex {
    if (!(byteLength >= 0)) {
      throw new RangeError(
        `Cannot allocate shared memory: byteLength must be 0 or more, got ${byteLength}`,
      );
    }
    const sizeClass = classOf(byteLength);
    if (sizeClass < 0) return this.#allocateRun(byteLength);
    const payload = this.#allocateCell(sizeClass);
    this.#words.store(payload - 1, byteLength);
    return payload;
  }

  /**
   * Frees a cell or run, whosesoever it is.
   *
   * @throws {ProcessError} if none begins there. One that was freed and allocated again in between cannot
   * be told from the first.
   */
  free(payload: WordIndex): void {
    const header = payload - CELL_HEADER_WORDS;
    const span = spanOf(header);
    const { kind, detail, owner } = this.#spans.state(span);
    if (kind === RUN) {
      const state = isFirst(header) ? this.#spans.runState(span) : FREE;
      if (state === FREE || !this.#spans.releaseRun(span, state, this.#owner)) {
        throw nothingThere(payload);
      }
      return;
    }
    if (kind !== CELLS || header % SPAN_WORDS % (CLASS_BYTES[detail] / 4) !== 0) {
      throw nothingThere(payload);
    }
    if (this.#words.exchange(header, FREE) === FREE) throw nothingThere(payload);
    if (owner !== this.#owner) return;
    this.#free[detail].push(header);
    this.#trimIfMany(detail);
  }

  /** How many bytes were asked for. */
  byteLength(payload: WordIndex): number {
    const word = this.#words.load(payload - 1);
    return word < 0 ? -1 - word : word;
  }

  /** How many bytes a cell or run of this process has room for. */
  capacity(payload: WordIndex): number {
    const header = payload - CELL_HEADER_WORDS;
    const span = spanOf(header);
    if (this.#isRun(header)) return this.#spans.runLength(span) * SPAN_BYTES - HEADER_BYTES;
    const { kind, detail } = this.#spans.state(span);
    return kind === CELLS ? CLASS_BYTES[detail] - HEADER_BYTES : 0;
  }

  /** Says that so many bytes of it are asked for from now on; it has room for them and is not marked. */
  resize(payload: WordIndex, byteLength: number): void {
    this.#words.store(payload - 1, byteLength);
  }

  /** Marks a cell for those who recover what it means to them. */
  tag(payload: WordIndex): void {
    this.#words.store(payload - 1, -1 - this.byteLength(payload));
  }

  /** Whether a cell was marked. */
  isTagged(payload: WordIndex): boolean {
    return this.#words.load(payload - 1) < 0;
  }

  /** Whose a cell is: its state, as the table above says. */
  ownerOf(payload: WordIndex): number {
    const header = payload - CELL_HEADER_WORDS;
    return this.#isRun(header) ? this.#spans.runState(spanOf(header)) : this.#words.load(header);
  }

  /** Hands a cell over; false if it was not `from`'s any more. */
  handOver(payload: WordIndex, from: number, to: number): boolean {
    const header = payload - CELL_HEADER_WORDS;
    return this.#isRun(header)
      ? this.#spans.moveRun(spanOf(header), from, to)
      : this.#words.compareExchange(header, from, to) === from;
  }

  /**
   * Frees what belongs to the dead. Can be repeated.
   *
   * @param dead Whose spans and half-done work are put right.
   * @param isDead Whose cells are freed: the dead one's, and those of others who are gone and were handed
   * something too late.
   * @param beforeFreeing Is told of each, which is this process's by then.
   */
  recover(dead: OwnerId, isDead: IsDead, beforeFreeing: (payload: WordIndex) => void): void {
    const decide = (state: number) => isOwner(state) && isDead(state) ? "take" : "leave";
    for (const payload of this.claimAll(decide, this.#owner)) {
      beforeFreeing(payload);
      this.free(payload);
    }
    this.#spans.recover(dead, this.#owner, (span, sizeClass) => {
      const words = CLASS_BYTES[sizeClass] / 4;
      const first = span * SPAN_WORDS;
      for (let at = first; at + words <= first + SPAN_WORDS; at += words) {
        if (this.#words.load(at) !== FREE) return false;
      }
      return true;
    });
  }

  /**
   * Moves all cells and runs in certain states to another state, and yields each that it has moved. Only
   * for those who recover: they scan, see the laws in `spans.ts`.
   *
   * @param decide What is done about a state; `"look"` is to look again whether it still is the same.
   */
  *claimAll(
    decide: (state: number) => "take" | "leave" | "look",
    to: number,
  ): Generator<WordIndex> {
    for (const { payload, state: first, isRun } of this.#all()) {
      const header = payload - CELL_HEADER_WORDS;
      const span = spanOf(header);
      let state = first;
      while (state !== FREE) {
        const decision = decide(state);
        if (decision === "leave") break;
        if (decision === "take") {
          const moved = isRun
            ? this.#spans.moveRun(span, state, to)
            : this.#words.compareExchange(header, state, to) === state;
          if (moved) {
            yield payload;
            break;
          }
        }
        state = isRun ? this.#spans.runState(span) : this.#words.load(header);
      }
    }
  }

  /** The cells and runs that lie inside an object; the caller alone puts any there or takes them out. */
  inside(object: WordIndex): WordIndex[] {
    return this.inState(insideOf(object));
  }

  /** The cells and runs that are in a state. */
  inState(state: number): WordIndex[] {
    const found: WordIndex[] = [];
    this.#scans.during(() => {
      for (const cell of this.#all()) if (cell.state === state) found.push(cell.payload);
    });
    return found;
  }

  /** How many cells and runs are allocated, of one owner or of all: for tests and diagnostics. */
  count(owner?: number): number {
    let count = 0;
    for (const { state } of this.#all()) if (owner === undefined || state === owner) count++;
    return count;
  }

  /** How many bytes are kept for the next: for tests and diagnostics. */
  get spareBytes(): number {
    return this.#spans.spareBytes;
  }

  /** All cells and runs that are not free, in the state that each was in when it was looked at. */
  *#all(): Generator<{ payload: WordIndex; state: number; isRun: boolean }> {
    const end = this.#spans.end;
    for (let span = FIRST_SPAN; span < end; span++) {
      const { kind, detail } = this.#spans.state(span);
      const first = span * SPAN_WORDS;
      if (kind === RUN) {
        const state = this.#spans.runState(span);
        if (state !== FREE) yield { payload: first + CELL_HEADER_WORDS, state, isRun: true };
      } else if (kind === CELLS) {
        const words = CLASS_BYTES[detail] / 4;
        for (let at = first; at + words <= first + SPAN_WORDS; at += words) {
          const state = this.#words.load(at);
          if (state !== FREE) yield { payload: at + CELL_HEADER_WORDS, state, isRun: false };
        }
      }
    }
  }

  #allocateCell(sizeClass: number): WordIndex {
    for (;;) {
      // Looked up anew each time: a refill may trim, and then another list counts.
      const list = this.#free[sizeClass];
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
    for (const span of spans) this.#listFree(span, sizeClass, list);
    if (list.length * 8 > spans.length * cellsIn(sizeClass)) return this.#trimIfMany(sizeClass);
    let span: number;
    try {
      span = this.#spans.adoptCells(sizeClass, this.#owner);
      if (span < 0) span = this.#spans.claimCells(sizeClass, this.#owner);
    } catch (error) {
      if (list.length > 0) return;
      throw error;
    }
    if (span >= 0) {
      spans.push(span);
      this.#listFree(span, sizeClass, list);
    } else if (list.length === 0) throw regionFull(CLASS_BYTES[sizeClass] - HEADER_BYTES);
  }

  /** Lists the free cells of a span; a span that was just claimed is full of zeros, and FREE is 0. */
  #listFree(span: number, sizeClass: number, list: WordIndex[]): void {
    const words = CLASS_BYTES[sizeClass] / 4;
    const first = span * SPAN_WORDS;
    for (let at = first; at + words <= first + SPAN_WORDS; at += words) {
      if (this.#words.load(at) === FREE) list.push(at);
    }
  }

  #trimIfMany(sizeClass: number): void {
    const bytes = this.#free[sizeClass].length * CLASS_BYTES[sizeClass];
    if (bytes > this.#trimAt[sizeClass] && --this.#trimLater[sizeClass] < 0) this.#trim(sizeClass);
  }

  /** Gives spans back of which every cell is free, all but one. */
  #trim(sizeClass: number): void {
    const kept: number[] = [];
    const list: WordIndex[] = [];
    let spare = false;
    let refused = false;
    for (const span of this.#mine[sizeClass]) {
      const free: WordIndex[] = [];
      this.#listFree(span, sizeClass, free);
      const isFree = free.length === cellsIn(sizeClass);
      if (isFree && spare) {
        if (this.#spans.releaseCells(span, sizeClass, this.#owner)) continue;
        refused = true;
      }
      spare ||= isFree;
      kept.push(span);
      for (const header of free) list.push(header);
    }
    this.#mine[sizeClass] = kept;
    this.#free[sizeClass] = list;
    this.#trimLater[sizeClass] = refused ? list.length : 0;
    if (!refused) this.#trimAt[sizeClass] = 2 * (list.length * CLASS_BYTES[sizeClass] + SPAN_BYTES);
  }

  #allocateRun(byteLength: number): WordIndex {
    const length = Math.ceil((byteLength + HEADER_BYTES) / SPAN_BYTES);
    const start = this.#spans.claimRun(length, this.#owner);
    if (start < 0) throw regionFull(byteLength);
    // Before it is whole: what a spare holds there may look like a mark, and who recovers believes it.
    this.#words.store(start * SPAN_WORDS + 1, byteLength);
    this.#spans.publishRun(start, this.#owner);
    return start * SPAN_WORDS + CELL_HEADER_WORDS;
  }

  /** Whether what begins there is a run. */
  #isRun(header: WordIndex): boolean {
    return isFirst(header) && this.#spans.state(spanOf(header)).kind === RUN;
  }
}

function classOf(byteLength: number): number {
  const whole = byteLength + HEADER_BYTES;
  return CLASS_BYTES.findIndex((bytes) => bytes >= whole);
}

function cellsIn(sizeClass: number): number {
  return Math.floor(SPAN_BYTES / CLASS_BYTES[sizeClass]);
}

function spanOf(header: WordIndex): number {
  return Math.floor(header / SPAN_WORDS);
}

/** Whether a header is the first of its span. */
function isFirst(header: WordIndex): boolean {
  return header % SPAN_WORDS === 0;
}

function regionFull(byteLength: number): OutOfMemoryError {
  return new OutOfMemoryError(
    `Cannot allocate shared memory: asked for ${byteLength} bytes, ` +
      `the ${SPANS - FIRST_SPAN} spans of ${SPAN_BYTES} bytes have no room for them`,
  );
}

function nothingThere(payload: WordIndex): ProcessError {
  return new ProcessError(
    `Cannot free shared memory: nothing is allocated at word ${payload}; was it freed before?`,
  );
}
