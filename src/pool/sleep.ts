/**
 * Who of the workers sleeps, and who searches.
 *
 * The sleep word of a worker, and the count of those that sleep:
 *
 * | sleep | meaning | leaves by |
 * | --- | --- | --- |
 * | 0 AWAKE | it looks for tasks | the worker's own store |
 * | 1 SLEEPING | it has found none and sleeps, or is about to look a last time and then sleep | whoever wakes it, or itself: a compare-exchange |
 *
 * The searcher of the pool:
 *
 * | searcher | meaning | leaves by |
 * | --- | --- | --- |
 * | 0 | nobody searches | a worker's compare-exchange |
 * | index + 1 | this worker looks again and again without sleeping: who puts a task need wake nobody | that worker; whoever sees that it has died |
 *
 * Worker: **W0** gives up searching, **W1** adds itself to the count, **W2** stores SLEEPING, **W3** looks at every
 * queue, **W4** sleeps. Who has searched or slept and finds a task does **W5**: if more is queued, it wakes another.
 * Submitter: **S1** puts a task, **S2** reads the count and the searcher, **S3** if somebody sleeps and nobody
 * searches, it wakes one that sleeps.
 *
 * No task stays while a worker sleeps. Take the task of an S1, and a worker that sleeps. If its W3 came after S1, it
 * found the task. If not, S2 comes after W3, and so after W1: it sees a count that is not 0. If it sees no searcher, S3
 * finds SLEEPING, which W2 stored, in that worker or another, and wakes it. If it sees a searcher, that one's W0 comes
 * after S1, and so does where it looks next, W3 or W5. Who is awake for a task and finds that one gone, or another,
 * either looks at every queue again in W3, or wakes the next in W5: so if several tasks were put while one searched,
 * one worker wakes the other.
 *
 * Whoever moves SLEEPING to AWAKE takes one off the count afterwards: a death in between leaves it too high, and so does one
 * between W1 and W2, for good: who clears up finds AWAKE, and cannot tell whether that one had counted itself. Too high
 * costs time alone: S3 looks at every worker's word and finds nobody, one more worker may search, and a chunk is
 * divided again and again for nobody while its submitter sleeps. Too low would cost a task, so nobody corrects it: who
 * counts SLEEPING words cannot tell who is between W1 and W2, or has yet to take one off. A searcher that dies keeps others from being woken
 * until its death is noticed: then the place is cleared, and all are woken. A submitter that is about to sleep
 * itself does not trust the searcher, which may have been stopped.
 */
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { hasQueued } from "./deque.ts";
import { PHASE, POOL, WORKER, workerAt } from "../tasks/layout.ts";

const AWAKE = 0;
/** The value that a worker sleeps on. */
export const SLEEPING = 1;

const NO_SEARCHER = 0;

/** Whether anything may be queued, by anybody. */
export function anyQueued(words: WordMemory, pool: WordIndex): boolean {
  const used = words.load(pool + POOL.submitters);
  for (let i = 0; i < used; i++) {
    const block = words.load(pool + POOL.table + i);
    if (block !== 0 && hasQueued(words, block)) return true;
  }
  return false;
}

/** Becomes the searcher; false if there is one. */
export function beginSearch(words: WordMemory, pool: WordIndex, index: number): boolean {
  const searcher = pool + POOL.searcher;
  return words.load(searcher) === NO_SEARCHER &&
    words.compareExchange(searcher, NO_SEARCHER, index + 1) === NO_SEARCHER;
}

/** W0, by the searcher, or for one that has died. */
export function endSearch(words: WordMemory, pool: WordIndex, index: number): void {
  words.compareExchange(pool + POOL.searcher, index + 1, NO_SEARCHER);
}

/** W1 and W2. */
function fallAsleep(words: WordMemory, pool: WordIndex, worker: WordIndex): void {
  if (words.load(worker + WORKER.sleep) === SLEEPING) return;
  words.add(pool + POOL.sleeping, 1);
  words.store(worker + WORKER.sleep, SLEEPING);
}

/** W1 to W3: the value to sleep on; `undefined` if there is something to do. */
export function announceWorker(
  words: WordMemory,
  pool: WordIndex,
  worker: WordIndex,
): number | undefined {
  fallAsleep(words, pool, worker);
  if (anyQueued(words, pool)) return undefined;
  return words.load(pool + POOL.phase) === PHASE.ENDED ? undefined : SLEEPING;
}

/** Ends a worker's sleep; false if it is awake. Its kernel or event loop must still be woken. */
export function endSleep(words: WordMemory, pool: WordIndex, worker: WordIndex): boolean {
  if (words.load(worker + WORKER.sleep) !== SLEEPING) return false;
  const before = words.compareExchange(worker + WORKER.sleep, SLEEPING, AWAKE);
  if (before !== SLEEPING) return false;
  words.add(pool + POOL.sleeping, -1);
  return true;
}

/** S2: whether one that sleeps must be woken. */
export function mustWake(words: WordMemory, pool: WordIndex): boolean {
  return words.load(pool + POOL.sleeping) > 0 && words.load(pool + POOL.searcher) === NO_SEARCHER;
}

/** The search of S3, beginning at one worker: which one is awake now; -1 if none slept. */
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

/** W5: which other worker is awake now; -1 if none. */
export function wakeAnother(
  words: WordMemory,
  pool: WordIndex,
  workers: number,
  index: number,
): number {
  return anyQueued(words, pool) ? wakeOne(words, pool, workers, index) : -1;
}

/** A worker is gone: what it was to wake others for, all look for themselves. Which ones are awake now. */
export function vacate(
  words: WordMemory,
  pool: WordIndex,
  workers: number,
  index: number,
): number[] {
  endSleep(words, pool, workerAt(pool, index));
  endSearch(words, pool, index);
  const awake: number[] = [];
  for (let other = 0; other < workers; other++) {
    if (other !== index && endSleep(words, pool, workerAt(pool, other))) awake.push(other);
  }
  return awake;
}
