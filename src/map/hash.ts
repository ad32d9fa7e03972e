/**
 * The hash of a key: MurmurHash3 of 32 bits over its words, by Austin Appleby (public domain), with a seed of the map's.
 */

/** Hashes `byteLength` bytes in whole words; what follows them in the last word is 0. */
export function hashOf(words: Int32Array, byteLength: number, seed: number): number {
  let hash = seed;
  const count = (byteLength + 3) >>> 2;
  for (let i = 0; i < count; i++) {
    const mixed = Math.imul(words[i], 0xcc9e2d51);
    hash ^= Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= byteLength;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
