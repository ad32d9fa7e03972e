/** The task records of a submitter: a free list over slabs that grow on demand. */
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { SLAB, TASK } from "./layout.ts";
import { release } from "./task.ts";

/** Gives out task records. */
export class Records {
  readonly #member: Member;
  readonly #most: number;
  readonly #slabs: WordIndex[] = [];
  readonly #free: WordIndex[] = [];

  /**
   * @param member Who submits.
   * @param most How many records are worth while: more than the rings can hold are not.
   */
  constructor(member: Member, most: number) {
    this.#member = member;
    this.#most = most;
  }

  /** A free record; 0 if there is none. */
  take(): WordIndex {
    if (this.#free.length === 0 && this.#slabs.length * SLAB < this.#most) this.#grow();
    return this.#free.pop() ?? 0;
  }

  /** Takes a record back. */
  give(record: WordIndex): void {
    release(this.#member.heap.words, record);
    this.#free.push(record);
  }

  /** Frees the slabs. */
  free(): void {
    for (const slab of this.#slabs.splice(0)) this.#member.allocator.cells.free(slab);
    this.#free.length = 0;
  }

  #grow(): void {
    const { allocator, heap: { words } } = this.#member;
    const slab = allocator.cells.allocate(SLAB * TASK.size * 4);
    this.#slabs.push(slab);
    for (let i = SLAB - 1; i >= 0; i--) {
      const record = slab + i * TASK.size;
      release(words, record);
      this.#free.push(record);
    }
  }
}
