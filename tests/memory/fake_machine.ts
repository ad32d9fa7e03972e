/** A heap of one process's imagination: words, pages that come and go, and a death at any step. */
import { OutOfMemoryError } from "../../src/errors.ts";
import { Blocks } from "../../src/memory/blocks.ts";
import { Cells, type IsDead } from "../../src/memory/cells.ts";
import { FIRST_SPAN, SPAN_WORDS, SPANS } from "../../src/memory/layout.ts";
import { type OwnerId, ownerId } from "../../src/memory/owner_id.ts";
import { type Scans, type SpanLimits, Spans, SPARE_SPANS } from "../../src/memory/spans.ts";
import { type OnStep, SparseWords } from "./sparse_words.ts";

const PAGE = 4096;

/** Owners that tests speak of. */
export const ANN: OwnerId = ownerId(1, 1);
export const BEN: OwnerId = ownerId(2, 7);
export const CAT: OwnerId = ownerId(1023, 65535);

/** What one process has in a heap. */
export interface User {
  readonly words: SparseWords;
  readonly spans: Spans;
  readonly cells: Cells;
  readonly blocks: Blocks;
}

/** A machine with a heap. */
export class FakeMachine {
  readonly words: SparseWords = new SparseWords();
  /** Spans with pages. */
  readonly spans: Set<number> = new Set();
  /** Pages of blocks, by number. */
  readonly pages: Set<number> = new Set();
  /** How many more reservations succeed. */
  reservations = Infinity;
  /** How many look through the cells of others. */
  scans = 0;
  readonly #limits: SpanLimits;

  /**
   * @param spareSpans How many spans keep their pages.
   * @param end One past the last span.
   */
  constructor(spareSpans: number = SPARE_SPANS, end: number = SPANS) {
    this.#limits = { end, attempts: 8, spareEnd: FIRST_SPAN + spareSpans };
  }

  /** A process. */
  user(owner: OwnerId, onStep: OnStep = () => {}): User {
    const words = this.words.as(onStep);
    const scans: Scans = {
      isScanning: () => this.scans > 0,
      isAnotherScanning: () => this.scans > 0,
      during: (look) => {
        this.scans++;
        try {
          return look();
        } finally {
          this.scans--;
        }
      },
    };
    const spans = new Spans(
      words,
      {
        reserve: (span, count) => {
          onStep();
          this.#ask();
          for (let i = 0; i < count; i++) this.spans.add(span + i);
        },
        discard: (span, count) => {
          onStep();
          this.words.clear(span * SPAN_WORDS, count * SPAN_WORDS);
          for (let i = 0; i < count; i++) this.spans.delete(span + i);
        },
      },
      scans,
      this.#limits,
    );
    const blocks = new Blocks(words, {
      reserve: (offset, byteLength) => {
        onStep();
        this.#ask();
        for (let at = offset; at < offset + byteLength; at += PAGE) this.pages.add(at / PAGE);
      },
      discard: (offset, byteLength) => {
        onStep();
        const end = (offset + byteLength) / PAGE;
        if (byteLength / PAGE < this.pages.size) {
          for (let page = offset / PAGE; page < end; page++) this.pages.delete(page);
        } else {
          for (const page of this.pages) {
            if (page >= offset / PAGE && page < end) this.pages.delete(page);
          }
        }
      },
    }, owner);
    return { words, spans, cells: new Cells(words, spans, scans, owner), blocks };
  }

  #ask(): void {
    if (this.reservations-- > 0) return;
    this.reservations = 0;
    throw new OutOfMemoryError("Cannot reserve: the fake machine is full");
  }
}

/** Recovers everything of a dead owner. */
export function recover({ cells, blocks }: User, dead: OwnerId): void {
  const isDead: IsDead = (owner) => owner === dead;
  cells.recover(dead, isDead, () => {});
  blocks.recover(isDead, () => {});
}

/** Thrown where a process is killed. */
export class Killed extends Error {}

/** Kills at step `n`, and at all that a process would do on its way out. */
export function killAt(n: number): OnStep {
  let steps = 0;
  return () => {
    if (steps++ >= n) throw new Killed();
  };
}

/** Calls back once, before step `n`; `done` tells whether there was such a step. */
export function interruptAt(n: number, act: () => void): { onStep: OnStep; done: () => boolean } {
  let steps = 0;
  let done = false;
  return {
    onStep() {
      if (steps++ !== n) return;
      done = true;
      act();
    },
    done: () => done,
  };
}

/** Runs a program that may be killed; whether it came to its end. */
export function survives(program: () => void): boolean {
  try {
    program();
    return true;
  } catch (error) {
    if (error instanceof Killed) return false;
    throw error;
  }
}
