/**
 * The sleep word of a worker, and the count of those that sleep.
 *
 * | sleep | meaning | leaves by |
 * | --- | --- | --- |
 * | 0 AWAKE | it looks for tasks | the worker's own store |
 * | 1 SLEEPING | it has found none and sleeps, or is about to look a last time and then sleep | whoever wakes it, or itself: a compare-exchange |
 *
 * Worker: **W1** adds itself to the count, **W2** stores SLEEPING, **W3** looks at every ring, **W4** sleeps.
 * Submitter: **S1** puts a task, **S2** reads the count, **S3** if it is not 0 wakes a worker that sleeps.
 *
 * No task stays while all sleep: if S1 comes before W3, the worker finds the task. If it comes after, so
 * does S2, which therefore sees what W1 added, and S3 finds SLEEPING, which W2 stored. Whoever moves
 * SLEEPING to AWAKE takes one off the count afterwards: a death in between leaves it too high, which costs
 * a search, and never too low, which would cost a task.
 */
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { POOL, WORKER, workerAt } from "./layout.ts";

const AWAKE = 0;
/** The value that a worker sleeps on. */
export const SLEEPING = 1;

/** W1 and W2. */
export function fallAsleep(words: WordMemory, pool: WordIndex, worker: WordIndex): void {
  if (words.load(worker + WORKER.sleep) === SLEEPING) return;
  words.add(pool + POOL.sleeping, 1);
  words.store(worker + WORKER.sleep, SLEEPING);
}

/** Ends a worker's sleep; false if it is awake. Its kernel or event loop must still be woken. */
export function endSleep(words: WordMemory, pool: WordIndex, worker: WordIndex): boolean {
  if (words.load(worker + WORKER.sleep) !== SLEEPING) return false;
  const before = words.compareExchange(worker + WORKER.sleep, SLEEPING, AWAKE);
  if (before !== SLEEPING) return false;
  words.add(pool + POOL.sleeping, -1);
  return true;
}

/** S2 and the search of S3, beginning at one worker: which one is awake now; -1 if none slept. */
export function wakeOne(
  words: WordMemory,
  pool: WordIndex,
  workers: number,
  first: number,
): number {
  if (words.load(pool + POOL.sleeping) <= 0) return -1;
  for (let i = 0; i < workers; i++) {
    const index = (first + i) % workers;
    if (endSleep(words, pool, workerAt(pool, index))) return index;
  }
  return -1;
}
