/**
 * Whether a worker has begun. The word `owner` of its place:
 *
 * | value | meaning | leaves by |
 * | --- | --- | --- |
 * | 0, or an owner that has died | nobody has begun here | `enter`, `bar`: a compare-exchange |
 * | owner | this worker looks for tasks, or has | the next in its place |
 * | -1 BARRED | the pool ended before anybody had begun | nothing |
 *
 * A worker enters before it looks for tasks. So who has barred one that starts can kill it: it has no task, and gets none.
 */
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { WORKER } from "../tasks/layout.ts";

const BARRED = -1;

/** A worker begins; false if it may not any more. */
export function enter(words: WordMemory, worker: WordIndex, owner: OwnerId): boolean {
  const before = words.load(worker + WORKER.owner);
  return before !== BARRED &&
    words.compareExchange(worker + WORKER.owner, before, owner) === before;
}

/** Keeps a worker from beginning; false if it has begun. */
export function bar(words: WordMemory, worker: WordIndex, owner: OwnerId): boolean {
  const before = words.load(worker + WORKER.owner);
  return before !== owner &&
    words.compareExchange(worker + WORKER.owner, before, BARRED) === before;
}

/** Whether a worker has begun. */
export function isPresent(words: WordMemory, worker: WordIndex, owner: OwnerId): boolean {
  return words.load(worker + WORKER.owner) === owner;
}

/** Who has begun in a place last; 0 if nobody has. */
export function lastPresent(words: WordMemory, worker: WordIndex): OwnerId {
  return Math.max(0, words.load(worker + WORKER.owner));
}
