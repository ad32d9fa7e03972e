/** The states that a search has seen, numbered in the order in which it first saw them. */

/** A set of states that compares all of a state, so no two of them are ever taken for one. */
export class Seen {
  size = 0;
  readonly #length: number;
  #cells: Int32Array;
  #parents: Int32Array;
  /** Open addressing; an index plus one, 0 is empty. */
  #table: Int32Array;
  /** Whether the last `add` added. */
  fresh = false;

  constructor(length: number) {
    this.#length = length;
    this.#cells = new Int32Array(length * 1024);
    this.#parents = new Int32Array(1024);
    this.#table = new Int32Array(4096);
  }

  /** The state with a number: a view that is valid until the next `add`. */
  get(index: number): Int32Array {
    return this.#cells.subarray(index * this.#length, (index + 1) * this.#length);
  }

  /** The state from which a state was reached; -1 for the first. */
  parent(index: number): number {
    return this.#parents[index];
  }

  setParent(index: number, parent: number): void {
    this.#parents[index] = parent;
  }

  /** The number of a state, which is new if it was not seen; then `fresh` is true. */
  add(state: Int32Array, parent: number): number {
    const mask = this.#table.length - 1;
    let slot = hash(state, 0, this.#length) & mask;
    while (this.#table[slot] !== 0) {
      const index = this.#table[slot] - 1;
      if (this.#equal(index, state)) {
        this.fresh = false;
        return index;
      }
      slot = (slot + 1) & mask;
    }
    const index = this.size++;
    this.#table[slot] = index + 1;
    if (this.size > this.#parents.length) this.#grow();
    this.#cells.set(state, index * this.#length);
    this.#parents[index] = parent;
    if (this.size * 2 > this.#table.length) this.#rehash();
    this.fresh = true;
    return index;
  }

  #equal(index: number, state: Int32Array): boolean {
    const base = index * this.#length;
    for (let i = 0; i < this.#length; i++) {
      if (this.#cells[base + i] !== state[i]) return false;
    }
    return true;
  }

  #grow(): void {
    const cells = new Int32Array(this.#cells.length * 2);
    cells.set(this.#cells);
    this.#cells = cells;
    const parents = new Int32Array(this.#parents.length * 2);
    parents.set(this.#parents);
    this.#parents = parents;
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 4);
    const mask = table.length - 1;
    for (let index = 0; index < this.size; index++) {
      let slot = hash(this.#cells, index * this.#length, this.#length) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = index + 1;
    }
    this.#table = table;
  }
}

/** Murmur3's mixing: states differ in few low bits, which must reach all of the hash. */
function hash(cells: Int32Array, from: number, length: number): number {
  let h = length;
  for (let i = from; i < from + length; i++) {
    let k = Math.imul(cells[i], 0xcc9e2d51);
    k = k << 15 | k >>> 17;
    h ^= Math.imul(k, 0x1b873593);
    h = h << 13 | h >>> 19;
    h = Math.imul(h, 5) + 0xe6546b64 | 0;
  }
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ h >>> 16) >>> 0;
}
