/**
 * Spans: 64 KiB pieces of the small region, and who has them.
 *
 * One word a span:
 *
 * | bits 0–1 | bits 2–5 | bits 6–31 | meaning |
 * | --- | --- | --- | --- |
 * | 0 FREE | 0 | 0 | nobody's; its pages may be a hole |
 * | 1 CELLS | size class | owner | cut into cells; only this owner allocates there, everybody frees |
 * | 1 CELLS | size class | 0 | the same, of an owner that died: to be adopted |
 * | 2 RUN | 0 WHOLE | owner | the first of a run; its length stands in the second table |
 * | 2 RUN | 1 MAKING | owner | the first of a run whose tails this owner is claiming |
 * | 2 RUN | 2 FREEING | owner | the first of a run whose tails this owner is giving back |
 * | 3 TAIL | start | start | inside the run that begins at this span |
 *
 * Invariant: a span leaves FREE by one compare-exchange. A tail names its run, and the first span of a
 * run is claimed before and given back after all its tails: so whoever finishes the work of a dead
 * maker or freer knows every tail that is left, and cannot take one that has gone to somebody else.
 */
import { FIRST_SPAN, HEADER, REGION, SPANS } from "./layout.ts";
import { NOBODY, type OwnerId } from "./owner_id.ts";
import type { WordMemory } from "./words.ts";

const FREE = 0;
/** A span that is cut into cells. */
export const CELLS = 1;
/** The first span of a run. */
export const RUN = 2;
const TAIL = 3;

/** A run that can be used. */
export const WHOLE = 0;
const MAKING = 1;
const FREEING = 2;

/** A span's word, taken apart. */
export interface SpanState {
  /** FREE, CELLS, RUN or TAIL. */
  readonly kind: number;
  /** The size class of cells, or the state of a run. */
  readonly detail: number;
  /** Whose it is. */
  readonly owner: OwnerId;
}

function pack(kind: number, detail: number, owner: OwnerId): number {
  return kind | (detail << 2) | (owner << 6);
}

/** Takes a span's word apart. */
export function unpackSpan(word: number): SpanState {
  return { kind: word & 3, detail: (word >>> 2) & 15, owner: word >>> 6 };
}

function tailOf(start: number): number {
  return TAIL | (start << 2);
}

/** How the pages under a span come and go. */
export interface SpanPages {
  /** Reserves the pages of spans. */
  reserve(span: number, count: number): void;
  /** Gives the pages of spans back. */
  discard(span: number, count: number): void;
}

/** The span table. */
export class Spans {
  readonly #words: WordMemory;
  readonly #pages: SpanPages;
  #hint = FIRST_SPAN;

  /**
   * @param words The words of the heap.
   * @param pages Its pages.
   */
  constructor(words: WordMemory, pages: SpanPages) {
    this.#words = words;
    this.#pages = pages;
  }

  /** The state of a span. */
  state(span: number): SpanState {
    return unpackSpan(this.#words.load(REGION.spans + span));
  }

  /** One past the last span that was ever used. */
  get end(): number {
    return Math.max(FIRST_SPAN, this.#words.load(HEADER.spansUsed));
  }

  /**
   * Claims a free span for cells of a size class; -1 if there is none.
   *
   * @throws {OutOfMemoryError} if the machine cannot give its pages.
   */
  claimCells(sizeClass: number, owner: OwnerId): number {
    const count = SPANS - FIRST_SPAN;
    for (let i = 0; i < count; i++) {
      const span = FIRST_SPAN + (this.#hint - FIRST_SPAN + i) % count;
      if (this.#move(span, FREE, pack(CELLS, sizeClass, owner))) {
        this.#hint = span;
        this.#used(span);
        this.#reserve(span, 1, () => this.#move(span, pack(CELLS, sizeClass, owner), FREE));
        return span;
      }
    }
    return -1;
  }

  /** Takes over a span of cells whose owner died; -1 if there is none of this class. */
  adoptCells(sizeClass: number, owner: OwnerId): number {
    const orphan = pack(CELLS, sizeClass, NOBODY);
    const end = this.end;
    for (let span = FIRST_SPAN; span < end; span++) {
      if (this.#words.load(REGION.spans + span) !== orphan) continue;
      if (this.#move(span, orphan, pack(CELLS, sizeClass, owner))) return span;
    }
    return -1;
  }

  /** Gives a span of cells back; its owner knows that all cells are free. */
  releaseCells(span: number, sizeClass: number, owner: OwnerId): void {
    this.#pages.discard(span, 1);
    this.#move(span, pack(CELLS, sizeClass, owner), FREE);
    this.#hint = Math.min(this.#hint, span);
  }

  /**
   * Claims `length` neighbouring spans; -1 if there are not that many.
   *
   * @throws {OutOfMemoryError} if the machine cannot give their pages.
   */
  claimRun(length: number, owner: OwnerId): number {
    const making = pack(RUN, MAKING, owner);
    let start = FIRST_SPAN;
    while (start + length <= SPANS) {
      if (this.#words.load(REGION.spans + start) !== FREE || !this.#move(start, FREE, making)) {
        start++;
        continue;
      }
      this.#words.store(REGION.spanLengths + start, length);
      this.#used(start + length - 1);
      let claimed = 1;
      while (claimed < length && this.#move(start + claimed, FREE, tailOf(start))) claimed++;
      if (claimed === length) {
        this.#reserve(start, length, () => this.#giveBack(start, making));
        return start;
      }
      this.#giveBack(start, making);
      start += claimed + 1;
    }
    return -1;
  }

  /** PUBLISH run: from here on it is whole, and its maker's death does not end it. */
  publishRun(start: number, owner: OwnerId): void {
    this.#words.store(REGION.spans + start, pack(RUN, WHOLE, owner));
  }

  /** Gives a whole run back; false if somebody else already does. */
  releaseRun(start: number, freer: OwnerId): boolean {
    const word = this.#words.load(REGION.spans + start);
    const { kind, detail } = unpackSpan(word);
    const freeing = pack(RUN, FREEING, freer);
    if (kind !== RUN || detail !== WHOLE || !this.#move(start, word, freeing)) return false;
    this.#giveBack(start, freeing);
    return true;
  }

  /** How many spans the run at `start` has. */
  runLength(start: number): number {
    return this.#words.load(REGION.spanLengths + start);
  }

  /**
   * Puts right what a dead owner left: runs half made or half given back go, its spans of cells become
   * orphans. Whole runs stay: the header of their content says whose that is. Can be repeated.
   */
  recover(dead: OwnerId): void {
    const end = this.end;
    for (let span = FIRST_SPAN; span < end; span++) {
      const word = this.#words.load(REGION.spans + span);
      const { kind, detail, owner } = unpackSpan(word);
      if (owner !== dead) continue;
      if (kind === CELLS) this.#move(span, word, pack(CELLS, detail, NOBODY));
      else if (kind === RUN && detail !== WHOLE) this.#giveBack(span, word);
    }
  }

  /** Pages go before their span does: afterwards they may be somebody else's. */
  #giveBack(start: number, first: number): void {
    const tail = tailOf(start);
    const end = Math.min(SPANS, start + this.runLength(start));
    for (let span = start + 1; span < end; span++) {
      if (this.#words.load(REGION.spans + span) !== tail) continue;
      this.#pages.discard(span, 1);
      this.#move(span, tail, FREE);
    }
    this.#pages.discard(start, 1);
    this.#move(start, first, FREE);
  }

  #reserve(span: number, count: number, undo: () => void): void {
    try {
      this.#pages.reserve(span, count);
    } catch (error) {
      undo();
      throw error;
    }
  }

  #move(span: number, from: number, to: number): boolean {
    return this.#words.compareExchange(REGION.spans + span, from, to) === from;
  }

  #used(span: number): void {
    for (;;) {
      const used = this.#words.load(HEADER.spansUsed);
      if (used > span) return;
      if (this.#words.compareExchange(HEADER.spansUsed, used, span + 1) === used) return;
    }
  }
}
