/**
 * Blocks: large pieces of shared memory, page-aligned ranges of the segment beyond the small region.
 *
 * Four words a record:
 *
 * | word | value | meaning |
 * | --- | --- | --- |
 * | state | 0 | free; its pages are a hole, its range (if it has one) can be used again |
 * | state | owner | allocated, or being allocated, by this owner; goes when it dies |
 * | state | negative | allocated; stays until somebody frees it |
 * | state | owner, AT_WORK | this owner gives its pages back |
 * | page | p | where the range begins, in pages; 0 if the record never had one |
 * | capacity | n | how many pages the range has, a power of two |
 * | length | n > 0 | how many pages are in use |
 * | length | -n | the same, and tagged: see `owner/cargo.ts` |
 *
 * Ranges are handed out once and stay with their record: addresses in a sparse file cost nothing, and
 * so a range never has to be split, joined or searched for. Only when the table is full, a record serves
 * another size than that which it was made for.
 *
 * Law: whoever moves the state away from FREE, and nobody else, writes the other words and touches the
 * pages, until it moves back to FREE or is handed over.
 */
import { OutOfMemoryError, ProcessError } from "../errors.ts";
import { BLOCK_WORDS, BLOCKS, HEADER, REGION, REGION_BYTES } from "./layout.ts";
import { insideOf, type IsDead } from "./cells.ts";
import { AT_WORK, isOwner, NOBODY, type OwnerId, workerIn } from "./owner_id.ts";
import { struct } from "./struct.ts";
import type { WordIndex, WordMemory } from "./words.ts";

const RECORD = struct({ state: 1, page: 1, capacity: 1, length: 1 }, BLOCK_WORDS);
const FREE = 0;
const PAGE = 4096;
const FIRST_PAGE = REGION_BYTES / PAGE;
/** 8 TiB of file, which is as far as 31 bits of pages reach. */
const PAGES = 2 ** 31 - 1 - FIRST_PAGE;
/** How much a block can hold: a range has a power of two of pages. */
const LARGEST_BLOCK_BYTES = 2 ** 30 * PAGE;

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
    if (!(byteLength <= LARGEST_BLOCK_BYTES)) {
      throw new OutOfMemoryError(
        `Cannot allocate shared memory: asked for ${byteLength} bytes, ` +
          `a block has at most ${LARGEST_BLOCK_BYTES}`,
      );
    }
    const length = Math.max(1, Math.ceil(byteLength / PAGE));
    const capacity = 2 ** Math.ceil(Math.log2(length));
    const block = this.#claim(capacity);
    const at = recordAt(block);
    try {
      if (this.#words.load(at + RECORD.capacity) < capacity) this.#giveRange(at, capacity);
      this.#words.store(at + RECORD.length, length);
      this.#pages.reserve(this.#words.load(at + RECORD.page) * PAGE, length * PAGE);
    } catch (error) {
      this.#release(at);
      throw error;
    }
    return block;
  }

  /**
   * Frees a block, whosesoever it is.
   *
   * @throws {ProcessError} if it is free, or being freed.
   */
  free(block: number): void {
    const at = recordAt(block);
    const state = this.#words.load(at + RECORD.state);
    // Ours while its pages go, so that our death does not lose it, and no other's.
    const isFree = state === FREE || workerIn(state) !== NOBODY;
    if (isFree || !this.handOver(block, state, this.#owner | AT_WORK)) {
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

  /** Whose a block is: its state, as the table above says. */
  ownerOf(block: number): number {
    return this.#words.load(recordAt(block) + RECORD.state);
  }

  /** Hands a block over; false if it was not `from`'s any more. */
  handOver(block: number, from: number, to: number): boolean {
    return this.#words.compareExchange(recordAt(block) + RECORD.state, from, to) === from;
  }

  /**
   * Frees what belongs to the dead. Can be repeated.
   *
   * @param isDead Whose blocks are freed.
   * @param beforeFreeing Is told of each, which is this process's by then.
   */
  recover(isDead: IsDead, beforeFreeing: (block: number) => void): void {
    const end = this.#words.load(HEADER.blocksUsed);
    for (let block = 0; block < end; block++) {
      const state = this.ownerOf(block);
      if (isOwner(state)) {
        if (!isDead(state) || !this.handOver(block, state, this.#owner)) continue;
        beforeFreeing(block);
        this.free(block);
      } else if (workerIn(state) !== NOBODY && isDead(workerIn(state))) {
        if (this.handOver(block, state, this.#owner | AT_WORK)) this.#release(recordAt(block));
      }
    }
  }

  /** The blocks that lie inside a shared object; the caller alone puts any there or takes them out. */
  *inside(object: WordIndex): Generator<number> {
    const end = this.#words.load(HEADER.blocksUsed);
    for (let block = 0; block < end; block++) {
      if (this.ownerOf(block) === insideOf(object)) yield block;
    }
  }

  /** How many blocks are allocated, of one owner or of all: for tests and diagnostics. */
  count(owner?: number): number {
    let count = 0;
    const end = this.#words.load(HEADER.blocksUsed);
    for (let block = 0; block < end; block++) {
      const state = this.ownerOf(block);
      if (state === FREE) continue;
      if (owner === undefined || state === owner || workerIn(state) === owner) count++;
    }
    return count;
  }

  /** A free record whose range has this capacity or that never had one; else any other. */
  #claim(capacity: number): number {
    const fits = (has: number): boolean => has === capacity || has === 0;
    const used = this.#words.load(HEADER.blocksUsed);
    for (let block = 0; block < used; block++) if (this.#take(block, fits)) return block;
    for (let block = used; block < BLOCKS; block++) {
      // First the count: a record beyond it would not be recovered.
      this.#count(block);
      if (this.#take(block, fits)) return block;
    }
    for (const fitsToo of [(has: number): boolean => has > capacity, (): boolean => true]) {
      for (let block = 0; block < BLOCKS; block++) if (this.#take(block, fitsToo)) return block;
    }
    throw new OutOfMemoryError(`Cannot allocate shared memory: all ${BLOCKS} blocks are in use`);
  }

  /** Takes a record if it is free and its range fits: what it has is sure only once it is ours. */
  #take(block: number, fits: (capacity: number) => boolean): boolean {
    const at = recordAt(block);
    if (this.#words.load(at + RECORD.state) !== FREE) return false;
    if (!fits(this.#words.load(at + RECORD.capacity))) return false;
    if (!this.handOver(block, FREE, this.#owner)) return false;
    if (fits(this.#words.load(at + RECORD.capacity))) return true;
    this.#words.store(at + RECORD.state, FREE);
    return false;
  }

  /** Addresses that a record had before, or that a process is killed with in here, are not used again. */
  #giveRange(at: number, capacity: number): void {
    for (;;) {
      const next = this.#words.load(HEADER.nextPage);
      if (capacity > PAGES - next) {
        throw new OutOfMemoryError(
          `Cannot allocate shared memory: no address is left for ${capacity * PAGE} bytes`,
        );
      }
      if (this.#words.compareExchange(HEADER.nextPage, next, next + capacity) !== next) continue;
      this.#words.store(at + RECORD.capacity, 0);
      this.#words.store(at + RECORD.page, FIRST_PAGE + next);
      this.#words.store(at + RECORD.capacity, capacity);
      return;
    }
  }

  /** The whole range is given back: how much of it is in use may not be written down yet. */
  #release(at: number): void {
    const capacity = this.#words.load(at + RECORD.capacity);
    if (capacity !== 0) {
      this.#pages.discard(this.#words.load(at + RECORD.page) * PAGE, capacity * PAGE);
    }
    this.#words.store(at + RECORD.state, FREE);
  }

  #count(block: number): void {
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
