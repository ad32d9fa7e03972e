/**
 * Blocks: large pieces of shared memory, page-aligned ranges of the segment beyond the small region.
 *
 * Four words a record:
 *
 * | word | value | meaning |
 * | --- | --- | --- |
 * | state | 0 | free; its pages are a hole, its range (if it has one) can be used again |
 * | state | owner | allocated, or being allocated or freed, by this owner; goes when it dies |
 * | state | -1 SHARED | allocated; stays until somebody frees it |
 * | page | p | where the range begins, in pages; 0 if the record never had one |
 * | capacity | n | how many pages the range has, a power of two |
 * | length | n > 0 | how many pages are in use |
 * | length | -n | the same, and tagged: see `owner/cargo.ts` |
 *
 * Ranges are handed out once and stay with their record: addresses in a sparse file cost nothing, and
 * so a range never has to be split, joined or searched for.
 */
import { OutOfMemoryError, ProcessError } from "../errors.ts";
import { BLOCK_WORDS, BLOCKS, HEADER, REGION, REGION_BYTES } from "./layout.ts";
import type { OwnerId } from "./owner_id.ts";
import { struct } from "./struct.ts";
import type { WordMemory } from "./words.ts";

const RECORD = struct({ state: 1, page: 1, capacity: 1, length: 1 }, BLOCK_WORDS);
const FREE = 0;
const PAGE = 4096;
const FIRST_PAGE = REGION_BYTES / PAGE;
/** 8 TiB of file, which is as far as 31 bits of pages reach. */
const LAST_PAGE = 2 ** 31 - 1;

/** How the pages of a block come and go. */
export interface BlockPages {
  /** Reserves bytes of the segment. */
  reserve(offset: number, byteLength: number): void;
  /** Gives bytes of the segment back. */
  discard(offset: number, byteLength: number): void;
}

/** Where a block lies in the segment. */
export interface BlockRange {
  /** Its first byte. */
  readonly offset: number;
  /** Its length in bytes, in whole pages. */
  readonly byteLength: number;
}

/** Allocates blocks for one process. A block is named by the index of its record. */
export class Blocks {
  readonly #words: WordMemory;
  readonly #pages: BlockPages;
  readonly #owner: OwnerId;

  /**
   * @param words The words of the heap.
   * @param pages Its pages.
   * @param owner Who allocates.
   */
  constructor(words: WordMemory, pages: BlockPages, owner: OwnerId) {
    this.#words = words;
    this.#pages = pages;
    this.#owner = owner;
  }

  /**
   * Allocates a block of zeros that belongs to this process.
   *
   * @throws {OutOfMemoryError} if the machine or the table is full.
   */
  allocate(byteLength: number): number {
    const length = Math.max(1, Math.ceil(byteLength / PAGE));
    const capacity = 2 ** Math.ceil(Math.log2(length));
    const block = this.#claim(capacity);
    const at = recordAt(block);
    try {
      if (this.#words.load(at + RECORD.capacity) === 0) this.#giveRange(at, capacity);
      this.#words.store(at + RECORD.length, length);
      this.#pages.reserve(this.#words.load(at + RECORD.page) * PAGE, length * PAGE);
    } catch (error) {
      this.#words.store(at + RECORD.state, FREE);
      throw error;
    }
    return block;
  }

  /** Frees a block, whosesoever it is. */
  free(block: number): void {
    const at = recordAt(block);
    const state = this.#words.load(at + RECORD.state);
    // Ours while its pages go, so that our death does not lose it.
    if (
      state === FREE || this.#words.compareExchange(at + RECORD.state, state, this.#owner) !== state
    ) {
      throw new ProcessError(`Cannot free shared memory: block ${block} is free`);
    }
    this.#release(at);
  }

  /** Where a block lies. */
  range(block: number): BlockRange {
    const at = recordAt(block);
    return {
      offset: this.#words.load(at + RECORD.page) * PAGE,
      byteLength: Math.abs(this.#words.load(at + RECORD.length)) * PAGE,
    };
  }

  /** Marks a block for those who recover what it means to them. */
  tag(block: number): void {
    const at = recordAt(block) + RECORD.length;
    this.#words.store(at, -Math.abs(this.#words.load(at)));
  }

  /** Whether a block was marked. */
  isTagged(block: number): boolean {
    return this.#words.load(recordAt(block) + RECORD.length) < 0;
  }

  /** The blocks of one owner; SHARED, too, is one. */
  owned(owner: number): number[] {
    const end = this.#words.load(HEADER.blocksUsed);
    return Array.from({ length: end }, (_, block) => block)
      .filter((block) => this.ownerOf(block) === owner);
  }

  /** Whose a block is: an owner, SHARED, or 0 if it is free. */
  ownerOf(block: number): number {
    return this.#words.load(recordAt(block) + RECORD.state);
  }

  /** Hands a block over; false if it was not `from`'s any more. */
  handOver(block: number, from: number, to: number): boolean {
    return this.#words.compareExchange(recordAt(block) + RECORD.state, from, to) === from;
  }

  /** Frees what belongs to a dead owner. Can be repeated. */
  recover(dead: OwnerId): void {
    const end = this.#words.load(HEADER.blocksUsed);
    for (let block = 0; block < end; block++) {
      const at = recordAt(block);
      if (this.#words.compareExchange(at + RECORD.state, dead, this.#owner) !== dead) continue;
      this.#release(at);
    }
  }

  /** How many blocks are allocated, of one owner or of all: for tests and diagnostics. */
  count(owner?: number): number {
    let count = 0;
    const end = this.#words.load(HEADER.blocksUsed);
    for (let block = 0; block < end; block++) {
      const state = this.ownerOf(block);
      if (owner === undefined ? state !== FREE : state === owner) count++;
    }
    return count;
  }

  /** A free record whose range has this capacity, or a record that never had a range. */
  #claim(capacity: number): number {
    const used = this.#words.load(HEADER.blocksUsed);
    for (let block = 0; block < used; block++) {
      const at = recordAt(block);
      if (this.#words.load(at + RECORD.state) !== FREE) continue;
      const has = this.#words.load(at + RECORD.capacity);
      if (has !== capacity && has !== 0) continue;
      if (this.handOver(block, FREE, this.#owner)) {
        const now = this.#words.load(at + RECORD.capacity);
        if (now === capacity || now === 0) return block;
        this.#words.store(at + RECORD.state, FREE);
      }
    }
    for (let block = used; block < BLOCKS; block++) {
      // First the count: a record beyond it would not be recovered.
      this.#use(block);
      if (this.handOver(block, FREE, this.#owner)) return block;
    }
    throw new OutOfMemoryError(
      `Cannot allocate shared memory: all ${BLOCKS} blocks are in use or have other sizes`,
    );
  }

  #giveRange(at: number, capacity: number): void {
    const page = FIRST_PAGE + this.#words.add(HEADER.nextPage, capacity);
    if (page < FIRST_PAGE || page + capacity > LAST_PAGE) {
      this.#words.add(HEADER.nextPage, -capacity);
      throw new OutOfMemoryError(
        `Cannot allocate shared memory: no address is left for ${capacity * PAGE} bytes`,
      );
    }
    this.#words.store(at + RECORD.page, page);
    this.#words.store(at + RECORD.capacity, capacity);
  }

  #release(at: number): void {
    if (this.#words.load(at + RECORD.capacity) !== 0) {
      const offset = this.#words.load(at + RECORD.page) * PAGE;
      this.#pages.discard(offset, Math.abs(this.#words.load(at + RECORD.length)) * PAGE);
    }
    this.#words.store(at + RECORD.state, FREE);
  }

  #use(block: number): void {
    for (;;) {
      const used = this.#words.load(HEADER.blocksUsed);
      if (used > block) return;
      if (this.#words.compareExchange(HEADER.blocksUsed, used, block + 1) === used) return;
    }
  }
}

function recordAt(block: number): number {
  return REGION.blocks + block * BLOCK_WORDS;
}
