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
import { member } from "../parking/member.ts";
import { RLock, rlockAt, suspendableRLock } from "../sync/rlock.ts";

/** The lock in the word of an object that this process holds; the first who asks makes it. */
export function lockIn(at: WordIndex): RLock {
  const { heap: { words }, holdings } = member();
  const there = words.load(at);
  if (there !== 0) return rlockAt(there);
  const made = new RLock();
  const { object } = suspendableRLock(made);
  // Killed before the exchange, we leave a lock that nobody can reach; it goes with the tree.
  holdings.takeOff(object);
  const first = words.compareExchange(at, 0, object);
  if (first === 0) return made;
  holdings.land(object);
  made.dispose();
  return rlockAt(first);
}

/** Lets go of the lock: the object that it belongs to ends. Killed in the middle, the lock stays. */
export function endLock(words: WordMemory, holdings: Holdings, at: WordIndex): void {
  const lock = words.exchange(at, 0);
  if (lock !== 0) holdings.land(lock);
}
