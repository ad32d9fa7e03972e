/**
 * The lock that a shared array, value or struct brings: a word of its object.
 *
 * | word | meaning |
 * | --- | --- |
 * | 0 | nobody has asked for it yet, or the object has ended |
 * | n | the lock, a shared object itself, which this one carries like a message that never arrives |
 */
import type { WordIndex, WordMemory } from "../memory/words.ts";
import type { Holdings } from "../owner/holdings.ts";

/** Lets go of the lock: the object that it belongs to ends. Killed in the middle, the lock stays. */
export function endLock(words: WordMemory, holdings: Holdings, at: WordIndex): void {
  const lock = words.exchange(at, 0);
  if (lock !== 0) holdings.land(lock);
}
