/**
 * Spans: 64 KiB pieces of the small region, and who has them.
 *
 * One word a span:
 *
 * | bits 0–1 | bits 2–5 | bits 6–31 | meaning | leaves by |
 * | --- | --- | --- | --- | --- |
 * | 0 FREE | 0 | 0 | nobody's; its bytes are 0, its pages may be a hole | claim |
 * | 0 FREE | 1 SPARE | 0 | nobody's; it has pages, with anything in them | claim |
 * | 0 FREE | 1 SPARE | 1 + size class | the same, and all cells of this class in it are free | claim |
 * | 1 CELLS | size class | owner | cut into cells; only this owner allocates there, everybody frees | release, recovery |
 * | 1 CELLS | size class | 0 | the same, of an owner that died | adoption, recovery |
 * | 2 RUN | 0 WHOLE | owner | the first of a run that belongs to this owner | hand-over, release |
 * | 2 RUN | 1 MAKING | owner | the first of a run whose tails this owner is claiming, or a span that will be of cells | publication, recovery |
 * | 2 RUN | 2 FREEING | owner | the first of a run, or a span of cells, that this owner is giving back | the same, recovery |
 * | 2 RUN | 3 KEPT | n | the first of a run that belongs to no single process, in state -1 - n | hand-over, release |
 * | 2 RUN | 4 PINNED | owner | the same, and this recoverer looks at it | hand-over |
 * | 3 TAIL | start | start | inside the run that begins at this span | release, recovery |
 *
 * Laws
 * 1. A span leaves FREE by one compare-exchange, and comes back to it with its pages discarded, or to SPARE with
 *    pages that were reserved. Only what was in use becomes SPARE, not what was being made or given back, and of
 *    that only the first {@linkcode SPARE_SPANS}: that is the most that is kept.
 * 2. A tail names its run, and the first span of a run is claimed before and given back after all its
 *    tails: so whoever finishes the work of a dead maker or freer knows every tail that is left, and cannot
 *    take one that has gone to somebody else.
 * 3. Spans are counted in the header before they are claimed: recovery looks no further.
 * 4. While somebody looks through the cells of others, no span of cells is given back: what is a header to him
 *    must not be the data of somebody else by the time that he writes there. The one publishes that he looks and
 *    then reads the span's word, the other changes that word and then asks whether anybody looks: one sees the
 *    other.
 */
import { FIRST_SPAN, HEADER, REGION, SPAN_BYTES, SPANS } from "./layout.ts";
import { AT_WORK, isOwner, NOBODY, type OwnerId, workerIn } from "./owner_id.ts";
import type { WordMemory } from "./words.ts";

const FREE = 0;
const SPARE = 1;
/** A span that is cut into cells. */
export const CELLS = 1;
/** The first span of a run. */
export const RUN = 2;
const TAIL = 3;

/**
 * How many spans, from the first on, keep their pages for the next. To give pages back and to take them anew costs
 * several times what it costs to fill them: by the kernel, and at the first touch by each process.
 */
export const SPARE_SPANS = 128;

const WHOLE = 0;
const MAKING = 1;
const FREEING = 2;
const KEPT = 3;
const PINNED = 4;

/** How far spans are looked for, and how often. */
export interface SpanLimits {
  /** One past the last span. */
  readonly end: number;
  /** How often a run is looked for when others are claiming or giving back at the same time. */
  readonly attempts: number;
  /** One past the last span that keeps its pages. */
  readonly spareEnd: number;
}

const LIMITS: SpanLimits = { end: SPANS, attempts: 8, spareEnd: FIRST_SPAN + SPARE_SPANS };

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

/** The word of a spare: of a size class whose cells in it are free, or -1 if it holds anything. */
function spareWord(sizeClass: number): number {
  return pack(FREE, SPARE, 1 + sizeClass);
}

function tailOf(start: number): number {
  return TAIL | (start << 2);
}

function isSpareWord(word: number): boolean {
  const { kind, detail } = unpackSpan(word);
  return kind === FREE && detail === SPARE;
}

/** Whether a span is nobody's. */
function isClaimable(word: number): boolean {
  return word === FREE || isSpareWord(word);
}

/** The word of a run that is in a state of `cells.ts`: an owner's, nobody's, or pinned. */
function runWord(state: number): number {
  if (isOwner(state)) return pack(RUN, WHOLE, state);
  const pinner = workerIn(state);
  return pinner === NOBODY ? pack(RUN, KEPT, -1 - state) : pack(RUN, PINNED, pinner);
}

/** The other way round; 0 if the word is not that of a run that can be used. */
function runStateIn(word: number): number {
  const { kind, detail, owner } = unpackSpan(word);
  if (kind !== RUN) return 0;
  if (detail === WHOLE) return owner;
  return detail === KEPT ? -1 - owner : detail === PINNED ? owner | AT_WORK : 0;
}

/** How the pages under a span come and go. */
export interface SpanPages {
  /** Reserves the pages of spans. */
  reserve(span: number, count: number): void;
  /** Gives the pages of spans back. */
  discard(span: number, count: number): void;
}

/** Who looks through the cells of others; see law 4. */
export interface Scans {
  /** Whether anybody does, this process included. */
  isScanning(): boolean;
  /** Whether another process does. */
  isAnotherScanning(): boolean;
  /** Does it, for this process. */
  during<T>(look: () => T): T;
}

/** The span table. */
export class Spans {
  readonly #words: WordMemory;
  readonly #pages: SpanPages;
  readonly #scans: Scans;
  readonly #limits: SpanLimits;
  #hint = FIRST_SPAN;

  /**
   * @param words The words of the heap.
   * @param pages Its pages.
   * @param scans Who looks through the cells of others.
   * @param limits Less than all, for a model.
   */
  constructor(words: WordMemory, pages: SpanPages, scans: Scans, limits: SpanLimits = LIMITS) {
    this.#words = words;
    this.#pages = pages;
    this.#scans = scans;
    this.#limits = limits;
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
    const cells = pack(CELLS, sizeClass, owner);
    for (const span of this.#spares()) {
      if (this.#claim(span, spareWord(sizeClass), cells)) return span;
    }
    const making = pack(RUN, MAKING, owner);
    let full: unknown;
    const count = this.#limits.end - FIRST_SPAN;
    for (let i = 0; i < count && full === undefined; i++) {
      const span = FIRST_SPAN + (this.#hint - FIRST_SPAN + i) % count;
      if (!this.#claim(span, FREE, making)) continue;
      this.#hint = span;
      try {
        this.#makeCells(span, making, cells);
        return span;
      } catch (error) {
        full = error;
      }
    }
    // The pages of a spare that holds anything go, and new ones come, before it is one of cells.
    for (const span of this.#spares()) {
      const word = this.#words.load(REGION.spans + span);
      if (!isSpareWord(word) || !this.#claim(span, word, making)) continue;
      this.#pages.discard(span, 1);
      this.#makeCells(span, making, cells);
      return span;
    }
    if (full !== undefined) throw full;
    return -1;
  }

  /** Takes over a span of cells whose owner died; -1 if there is none of this class. */
  adoptCells(sizeClass: number, owner: OwnerId): number {
    const orphan = pack(CELLS, sizeClass, NOBODY);
    const adopted = pack(CELLS, sizeClass, owner);
    const end = this.end;
    for (let span = FIRST_SPAN; span < end; span++) {
      if (this.#words.load(REGION.spans + span) !== orphan) continue;
      if (this.#move(span, orphan, adopted)) return span;
    }
    return -1;
  }

  /** Gives a span of cells back, of which its owner knows that all are free; false if not now. */
  releaseCells(span: number, sizeClass: number, owner: OwnerId): boolean {
    const isScanned = (): boolean => this.#scans.isScanning();
    const isGone = this.#releaseEmpty(span, sizeClass, owner, isScanned, spareWord(sizeClass));
    if (isGone) this.#hint = Math.min(this.#hint, span);
    return isGone;
  }

  /**
   * Claims `length` neighbouring spans; -1 if there are not that many.
   *
   * @throws {OutOfMemoryError} if the machine cannot give their pages.
   */
  claimRun(length: number, owner: OwnerId): number {
    const making = pack(RUN, MAKING, owner);
    const { end, attempts } = this.#limits;
    let obstructed = true;
    for (let attempt = 0; obstructed && attempt < attempts; attempt++) {
      obstructed = false;
      let start = FIRST_SPAN;
      while (start + length <= end) {
        const taken = this.#firstTaken(start, length);
        if (taken >= 0) {
          obstructed ||= taken > start && this.state(taken).kind !== CELLS;
          start = taken + 1;
          continue;
        }
        let isSpare = this.#claimAny(start, making);
        if (isSpare === undefined) {
          start++;
          continue;
        }
        this.#words.store(REGION.spanLengths + start, length);
        let claimed = 1;
        let spares = isSpare ? 1 : 0;
        for (; claimed < length; claimed++) {
          isSpare = this.#claimAny(start + claimed, tailOf(start));
          if (isSpare === undefined) break;
          if (isSpare) spares++;
        }
        if (claimed === length) {
          if (spares < length) this.#reserve(start, length, () => this.#giveBack(start, making));
          return start;
        }
        // Who stood in the way may have been about to give up as well.
        obstructed ||= this.state(start + claimed).kind !== CELLS;
        this.#giveBack(start, making);
        start += claimed + 1;
      }
    }
    return -1;
  }

  /** The first of `length` spans that is neither free nor spare, or -1. */
  #firstTaken(start: number, length: number): number {
    for (let span = start; span < start + length; span++) {
      const word = this.#words.load(REGION.spans + span);
      if (!isClaimable(word)) return span;
    }
    return -1;
  }

  /** Reserves the pages of a span that holds zeros, and makes it one of cells; else it goes back. */
  #makeCells(span: number, making: number, cells: number): void {
    // Who looks through cells never sees a span of cells that is taken back.
    this.#reserve(span, 1, () => this.#move(span, making, FREE));
    this.#move(span, making, cells);
  }

  /** PUBLISH run: from here on it is whole. */
  publishRun(start: number, owner: OwnerId): void {
    this.#words.store(REGION.spans + start, pack(RUN, WHOLE, owner));
  }

  /** Whose a run is, as `cells.ts` says it; 0 if no whole run begins here. */
  runState(start: number): number {
    return runStateIn(this.#words.load(REGION.spans + start));
  }

  /** Hands a run over; false if it is not `from`'s any more. */
  moveRun(start: number, from: number, to: number): boolean {
    return this.#move(start, runWord(from), runWord(to));
  }

  /** Gives a whole run back; false if it is not in this state any more. */
  releaseRun(start: number, state: number, freer: OwnerId): boolean {
    const freeing = pack(RUN, FREEING, freer);
    if (!this.#move(start, runWord(state), freeing)) return false;
    this.#giveBack(start, freeing, spareWord(-1));
    return true;
  }

  /** How many bytes are nobody's and have pages. */
  get spareBytes(): number {
    let count = 0;
    for (const span of this.#spares()) {
      if (isSpareWord(this.#words.load(REGION.spans + span))) count++;
    }
    return count * SPAN_BYTES;
  }

  /** How many spans the run at `start` has. */
  runLength(start: number): number {
    return this.#words.load(REGION.spanLengths + start);
  }

  /**
   * Puts right what a dead owner left: what is half made or half given back goes, and so do its spans of
   * cells that are empty; the others become orphans. Orphans that others have emptied go, too. Whole runs are
   * left to `cells.ts`. Can be repeated.
   *
   * @param dead Who left it.
   * @param self Who recovers.
   * @param isEmpty Whether all cells of a span are free, which stays so if nobody allocates there.
   */
  recover(
    dead: OwnerId,
    self: OwnerId,
    isEmpty: (span: number, sizeClass: number) => boolean,
  ): void {
    const end = this.end;
    for (let span = FIRST_SPAN; span < end; span++) {
      const word = this.#words.load(REGION.spans + span);
      const { kind, detail, owner } = unpackSpan(word);
      if (kind === CELLS && (owner === dead || owner === NOBODY)) {
        // First ours, so that nobody adopts it between the look and the release.
        const ours = pack(CELLS, detail, self);
        if (!this.#move(span, word, ours)) continue;
        const isScanned = (): boolean => this.#scans.isAnotherScanning();
        if (isEmpty(span, detail) && this.#releaseEmpty(span, detail, self, isScanned)) continue;
        this.#move(span, ours, pack(CELLS, detail, NOBODY));
      } else if (kind === RUN && owner === dead && (detail === MAKING || detail === FREEING)) {
        this.#giveBack(span, word);
      }
    }
  }

  #releaseEmpty(
    span: number,
    sizeClass: number,
    owner: OwnerId,
    isScanned: () => boolean,
    spare?: number,
  ): boolean {
    const cells = pack(CELLS, sizeClass, owner);
    const freeing = pack(RUN, FREEING, owner);
    if (!this.#move(span, cells, freeing)) return false;
    if (isScanned()) {
      this.#move(span, freeing, cells);
      return false;
    }
    this.#giveBack(span, freeing, spare);
    return true;
  }

  /**
   * Pages go before their span does: afterwards they may be somebody else's. Of a single span, or if the length
   * was not written down yet, the length is an old one; then no tail names the span.
   *
   * @param spare What becomes of spans that keep their pages; none does if it is not said.
   */
  #giveBack(start: number, first: number, spare?: number): void {
    const giveBack = (span: number, word: number): void => {
      if (spare !== undefined && span < this.#limits.spareEnd) {
        this.#move(span, word, spare);
      } else {
        this.#pages.discard(span, 1);
        this.#move(span, word, FREE);
      }
    };
    const tail = tailOf(start);
    const end = Math.min(this.#limits.end, start + this.runLength(start));
    for (let span = start + 1; span < end; span++) {
      if (this.#words.load(REGION.spans + span) === tail) giveBack(span, tail);
    }
    giveBack(start, first);
  }

  /** The spans among which spares are. */
  *#spares(): Generator<number> {
    const end = Math.min(this.end, this.#limits.spareEnd);
    for (let span = FIRST_SPAN; span < end; span++) yield span;
  }

  #reserve(span: number, count: number, undo: () => void): void {
    try {
      this.#pages.reserve(span, count);
    } catch (error) {
      undo();
      throw error;
    }
  }

  #claim(span: number, from: number, to: number): boolean {
    if (this.#words.load(REGION.spans + span) !== from) return false;
    this.#count(span);
    return this.#move(span, from, to);
  }

  /** Claims a span that is free or spare; tells whether it was spare, `undefined` if it is neither. */
  #claimAny(span: number, to: number): boolean | undefined {
    const word = this.#words.load(REGION.spans + span);
    if (!isClaimable(word)) return undefined;
    this.#count(span);
    return this.#move(span, word, to) ? word !== FREE : undefined;
  }

  #move(span: number, from: number, to: number): boolean {
    return this.#words.compareExchange(REGION.spans + span, from, to) === from;
  }

  #count(span: number): void {
    for (;;) {
      const used = this.#words.load(HEADER.spansUsed);
      if (used > span) return;
      if (this.#words.compareExchange(HEADER.spansUsed, used, span + 1) === used) return;
    }
  }
}
