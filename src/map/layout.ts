/**
 * The words of a map: where they lie and what they mean.
 *
 * A map is a seed and 64 stripes. Each stripe is a hash table of its own, with its own lock; the hash of a
 * key says which. `README.md` has the protocol.
 */
import { roundUp, struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";

/** How many bits of a hash say the stripe: the last. */
export const STRIPE_BITS = 6;
/** How many stripes a map has. */
export const STRIPES: number = 2 ** STRIPE_BITS;

/**
 * A stripe.
 *
 * | word | value | meaning | changed by |
 * | --- | --- | --- | --- |
 * | lock | | who may change the stripe: `sync/short_lock.ts` | |
 * | version | n | grows with every change, after it and before anything is freed | the holder |
 * | table | 0 | there is nothing in the stripe | the holder |
 * | table | t | its table | the holder, in one step |
 * | live | n | how many entries there are | the holder |
 * | used | n | how many slots of the table are not EMPTY | the holder |
 * | fresh | p | this entry is being put in; -t, this table | the holder |
 * | doomed | p | this entry is being taken out; -t, this table | the holder |
 *
 * What is fresh or doomed is in the stripe or out of it; which, the table says. All words are 0 in the beginning.
 */
export const STRIPE = struct({
  lock: 1,
  version: 1,
  table: 1,
  live: 1,
  used: 1,
  fresh: 1,
  doomed: 1,
}, 8);

/**
 * The words of a map in front of its stripes: `seed` is mixed into the hash of every key, so that nobody can know
 * which keys collide.
 */
export const MAP = struct({ seed: 1 });

/** How many words a map has. Stripes begin at multiples of 8 words, and have a number for `insideOf` each. */
export const MAP_WORDS: number = MAP.size + STRIPE.size - 1 + STRIPES * STRIPE.size;

/** Where a stripe of a map lies. */
export function stripeAt(map: WordIndex, stripe: number): WordIndex {
  return roundUp(map + MAP.size, STRIPE.size) + stripe * STRIPE.size;
}

/**
 * A table: its capacity, then as many slots.
 *
 * | slot.entry | meaning |
 * | --- | --- |
 * | 0 EMPTY | nothing, and nothing behind it: who looks for a key ends here |
 * | 1 DELETED | nothing any more |
 * | p | the entry at p, of a key whose hash is `slot.hash` |
 *
 * A slot's hash is written while its entry is EMPTY or DELETED.
 */
export const TABLE = struct({ capacity: 1, slots: { words: 0, align: 2 } });

/** A slot. */
export const SLOT = struct({ hash: 1, entry: 1 });

/** Nothing, and never was. */
export const EMPTY = 0;
/** Nothing any more. */
export const DELETED = 1;

/**
 * An entry: a cell with a key and its value, which does not change once it is in a stripe.
 *
 * | where | words |
 * | --- | --- |
 * | 0 … n | the cargo list of `owner/cargo.ts`: how many shared objects they mention, and which |
 * | then | what follows here |
 * | then | the encoded key, in whole words |
 * | then | the encoded value, unless it is in a block of its own |
 *
 * `stamp` is the version of the stripe that the entry came with; `block` is 0 or 1 + the block of the value.
 */
export const ENTRY = struct({ cargo: 1, stamp: 1, keyBytes: 1, valueBytes: 1, block: 1 }, 1);

/** How many words so many bytes take. */
export function wordsOf(byteLength: number): number {
  return (byteLength + 3) >>> 2;
}
