/**
 * Reads of one process that overlap while a writer waits.
 *
 * One that comes while others of its process read may be inside of one of them, which then ends after it: it must be let
 * in, or both wait for ever. Or it only overlaps with them: then letting it in, and the next one, keeps the writer out
 * for ever. Nothing tells which it is, so it waits for a while, and is let in then if one of those is still there.
 *
 * | those that were there when it came | it was | and so |
 * | --- | --- | --- |
 * | have ended before its patience | not inside | it waits for the writer, as everybody does |
 * | end after it | inside, as far as is known | |
 * | end before it, which was let in | not inside | patience is doubled for those that come |
 *
 * So one that is inside waits for a bounded time. And if no read takes longer than some time, then once patience is
 * longer than that, those that were there have ended before anybody is let in, and the writer has its turn.
 */
import type { Rounds } from "./rounds.ts";

/** The first patience, in ms: what a read inside of another waits for longest if all reads of its process are so. */
const PATIENCE = 10;

/** The reads of one handle. */
export class Overlaps {
  readonly #reading: Rounds;
  /** Those that were let in, each with the last that had come before it. */
  readonly #letIn: Map<number, number> = new Map();
  #patience = PATIENCE;

  /** @param reading What this process reads. */
  constructor(reading: Rounds) {
    this.#reading = reading;
  }

  /** For how many ms one that comes now waits. */
  get patience(): number {
    return this.#patience;
  }

  /**
   * Whether one may be inside of another.
   *
   * @param before The last one that had come before it.
   */
  mayBeInside(before: number): boolean {
    return this.#reading.reachesBackTo(before);
  }

  /** One was let in after its patience. */
  letIn(round: number, before: number): void {
    this.#letIn.set(round, before);
  }

  /** No writer waits: one has entered in order. */
  relax(): void {
    this.#patience = PATIENCE;
  }

  /** A read has ended. */
  ended(): void {
    if (this.#letIn.size === 0) return;
    for (const [round, before] of this.#letIn) {
      const isOpen = this.#reading.isOpen(round);
      if (isOpen && this.#reading.reachesBackTo(before)) continue;
      this.#letIn.delete(round);
      if (isOpen) this.#patience *= 2;
    }
  }
}
