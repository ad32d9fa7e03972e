/** The task records of a submitter: a free list over the slabs of its block, which grow on demand. */
import { NOBODY } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { SUBMITTER, TASK } from "../tasks/layout.ts";
import { dropPayloads } from "../tasks/payload.ts";
import { growBlock, recordsOf, slabLength } from "../tasks/submitters.ts";
import { isFree, release, withdraw, workerOf } from "../tasks/task.ts";

/** Gives out task records. */
export class Records {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #block: WordIndex;
  readonly #most: number;
  readonly #free: WordIndex[] = [];
  readonly #all: WordIndex[] = [];

  /**
   * @param member Who submits.
   * @param pool To which pool.
   * @param block From which block.
   * @param most How many records to have.
   */
  constructor(member: Member, pool: WordIndex, block: WordIndex, most: number) {
    this.#member = member;
    this.#pool = pool;
    this.#block = block;
    this.#most = most;
  }

  /**
   * Takes over what a predecessor has left. What a worker has begun and not told yet comes back by the completion
   * stack; what a dead one had, is free.
   *
   * @param settle Takes the completion stack.
   */
  adopt(settle: () => void): void {
    const { heap: { words }, table } = this.#member;
    const free: WordIndex[] = [];
    const lost: WordIndex[] = [];
    for (const record of recordsOf(words, this.#block)) {
      this.#all.push(record);
      const worker = workerOf(words, record);
      if (worker === NOBODY) {
        if (isFree(words, record) || withdraw(words, record)) free.push(record);
      } else if (!table.isAlive(worker)) lost.push(record);
    }
    for (const record of free) {
      dropPayloads(this.#member, record);
      this.#free.push(record);
    }
    // From here on the dead ones push nothing: what is not on the stack now never will be.
    settle();
    for (const record of lost) {
      if (isFree(words, record)) continue;
      dropPayloads(this.#member, record);
      this.give(record);
    }
  }

  /** The record of a number. */
  at(index: number): WordIndex {
    return this.#all[index];
  }

  /** A free record; 0 if there is none. */
  take(): WordIndex {
    return this.#free.pop() ?? this.#grow();
  }

  /** Takes a record back. */
  give(record: WordIndex): void {
    release(this.#member.heap.words, record);
    this.#free.push(record);
  }

  #grow(): WordIndex {
    if (this.#all.length >= this.#most) return 0;
    const slab = growBlock(this.#member, this.#pool, this.#block);
    if (slab === 0) return 0;
    const slabs = this.#member.heap.words.load(this.#block + SUBMITTER.slabs);
    const length = slabLength(slabs - 1);
    for (let i = 0; i < length; i++) this.#all.push(slab + i * TASK.size);
    for (let i = length - 1; i > 0; i--) this.#free.push(slab + i * TASK.size);
    return slab;
  }
}
