/** Entries: the cells of keys and values, and the blocks of values that are too large for a cell. */
import { insideOf, LARGEST_CELL_BYTES } from "../memory/cells.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Cargo, landCargo } from "../owner/cargo.ts";
import type { Member } from "../parking/member.ts";
import type { Encoding } from "../codec/encode.ts";
import type { Key } from "./key.ts";
import { ENTRY, wordsOf } from "./layout.ts";

/** Up to how many bytes a value is copied while others wait. */
const SMALL_BYTES = 1024;

/** The entries of all maps, for one process. */
export class Entries {
  readonly #member: Member;
  readonly #words: Int32Array;
  /** This process's again; they mention shared objects. */
  readonly #taken: WordIndex[] = [];

  /** @param member This process. */
  constructor(member: Member) {
    this.#member = member;
    this.#words = new Int32Array(member.heap.bytes.buffer);
  }

  /**
   * Writes an entry that belongs to this process.
   *
   * @param value Its encoded bytes, or words with so many bytes.
   * @param cargo What key and value mention.
   * @throws {OutOfMemoryError} if there is no room for it; nothing is left behind, but that the cargo is still loaded.
   */
  write(key: Key, value: Encoding | Int32Array, byteLength: number, cargo: Cargo): WordIndex {
    const { heap, allocator: { cells, blocks } } = this.#member;
    const carried = cargo.size;
    const head = carried + ENTRY.size + wordsOf(key.byteLength);
    const whole = 4 * head + byteLength;
    const isLarge = whole > LARGEST_CELL_BYTES;
    const block = isLarge ? blocks.allocate(byteLength) : -1;
    let entry: WordIndex;
    try {
      if (isLarge) this.#fill(block, value as Encoding);
      entry = cells.allocate(isLarge ? 4 * head : whole);
    } catch (error) {
      if (isLarge) blocks.free(block);
      throw error;
    }
    const words = this.#words;
    // The entry carries it from here on.
    if (carried === 0) words[entry] = 0;
    else cargo.writeTo(words.subarray(entry), () => cells.tag(entry));
    const at = entry + carried;
    words[at + ENTRY.keyBytes] = key.byteLength;
    words[at + ENTRY.valueBytes] = byteLength;
    words[at + ENTRY.block] = block + 1;
    const body = at + ENTRY.size;
    for (let i = 0; i < head - carried - ENTRY.size; i++) words[body + i] = key.words[i];
    if (isLarge) return entry;
    const place = entry + head;
    if (value instanceof Int32Array) {
      for (let i = 0; i < wordsOf(byteLength); i++) words[place + i] = value[i];
    } else value.writeTo(heap.bytesAt(place, byteLength));
    return entry;
  }

  /** Frees an entry of this process. */
  discard(entry: WordIndex): void {
    const block = this.#blockOf(entry);
    if (block >= 0) this.#member.allocator.blocks.free(block);
    this.#land(entry);
  }

  /** An entry of this process becomes a stripe's, and then its block. */
  give(entry: WordIndex, stripe: WordIndex): void {
    const { allocator: { cells, blocks }, owner } = this.#member;
    const block = this.#blockOf(entry);
    cells.handOver(entry, owner, insideOf(stripe));
    if (block >= 0) blocks.handOver(block, owner, insideOf(stripe));
  }

  /**
   * Frees an entry of a stripe, its block first. Can be repeated by another if this one dies. What mentions shared
   * objects becomes this process's until it settles: letting them go may end others, which takes its time.
   */
  take(entry: WordIndex, stripe: WordIndex): void {
    const { allocator: { cells, blocks }, owner } = this.#member;
    const block = this.#blockOf(entry);
    if (block >= 0 && blocks.ownerOf(block) === insideOf(stripe)) blocks.free(block);
    if (!cells.isTagged(entry)) cells.free(entry);
    else if (cells.handOver(entry, insideOf(stripe), owner)) this.#taken.push(entry);
  }

  /** Lets go of what entries mentioned that were taken. */
  settle(): void {
    while (this.#taken.length > 0) this.#land(this.#taken.pop()!);
  }

  /** Uses the value of an entry that stays meanwhile; the bytes are good for that long. */
  withValue<T>(entry: WordIndex, use: (bytes: Uint8Array) => T): T {
    const { heap, allocator: { blocks } } = this.#member;
    const at = entry + this.#words[entry];
    const byteLength = this.#words[at + ENTRY.valueBytes] >>> 0;
    const block = this.#blockOf(entry);
    if (block < 0) {
      const place = at + ENTRY.size + wordsOf(this.#words[at + ENTRY.keyBytes]);
      return use(heap.bytesAt(place, byteLength));
    }
    const range = blocks.range(block);
    const mapping = heap.mapRange(range.offset, range.byteLength);
    try {
      return use(new Uint8Array(mapping.buffer, 0, byteLength));
    } finally {
      mapping.unmap();
    }
  }

  /** The bytes of the value of an entry that stays meanwhile, if they are few. */
  smallValueOf(entry: WordIndex): Uint8Array | undefined {
    const at = entry + this.#words[entry];
    const byteLength = this.#words[at + ENTRY.valueBytes];
    if (this.#blockOf(entry) >= 0 || byteLength > SMALL_BYTES) return undefined;
    const place = at + ENTRY.size + wordsOf(this.#words[at + ENTRY.keyBytes]);
    return this.#member.heap.bytesAt(place, byteLength);
  }

  /** The bytes of the key of an entry that stays meanwhile. */
  keyOf(entry: WordIndex): Uint8Array {
    const at = entry + this.#words[entry];
    return this.#member.heap.bytesAt(at + ENTRY.size, this.#words[at + ENTRY.keyBytes]);
  }

  /** Whether an entry mentions shared objects. */
  mentions(entry: WordIndex): boolean {
    return this.#words[entry] > 0;
  }

  #fill(block: number, value: Encoding): void {
    const { heap, allocator: { blocks } } = this.#member;
    const { offset, byteLength } = blocks.range(block);
    const mapping = heap.mapRange(offset, byteLength);
    try {
      value.writeTo(new Uint8Array(mapping.buffer));
    } finally {
      mapping.unmap();
    }
  }

  #land(entry: WordIndex): void {
    const { holdings, allocator: { cells } } = this.#member;
    if (cells.isTagged(entry)) landCargo(holdings, this.#words.subarray(entry));
    cells.free(entry);
  }

  #blockOf(entry: WordIndex): number {
    return this.#words[entry + this.#words[entry] + ENTRY.block] - 1;
  }
}
