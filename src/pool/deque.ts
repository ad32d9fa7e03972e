/**
 * The queue of one who submits: it puts and takes at one end, the workers take at the other.
 *
 * | word | written by | meaning |
 * | --- | --- | --- |
 * | tail | the submitter alone | how many tasks are put; one less while it takes one back |
 * | head | everybody, by compare-exchange | how many were taken or skipped; never less than before |
 * | headSeen | the submitter alone | what the head once was: so it may be much more by now, and never less |
 * | queue[i mod QUEUE] | the submitter | a task, for head ≤ i < tail |
 *
 * It is the deque of Chase and Lev with one difference: taking is not moving the head but claiming the task
 * (`task.ts`). Who claims it moves the head, and whoever finds that the task at the head is claimed already
 * moves the head for it. So a process that is killed between the two loses nothing, and a stale look at a cell
 * that was used again at worst claims a task that really is queued; the cell that announced that one is skipped.
 *
 * All functions that touch cells take how many there are: models have two.
 */
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { type PoolMemory, QUEUE, SUBMITTER } from "../tasks/layout.ts";

/** Claims a task; false if somebody else has it. */
export type Claim = (task: WordIndex) => boolean;

/** How many tasks may be queued. */
export function queuedTasks(words: WordMemory, submitter: WordIndex): number {
  const { tail, head } = SUBMITTER;
  return Math.max(0, (words.load(submitter + tail) - words.load(submitter + head)) | 0);
}

/** Whether anything may be queued. */
export function hasQueued(words: WordMemory, submitter: WordIndex): boolean {
  return queuedTasks(words, submitter) > 0;
}

/** Puts a queued task; false if there is no room. Only the submitter may. */
export function putTask(
  { words, plain }: PoolMemory,
  submitter: WordIndex,
  task: WordIndex,
  cells: number = QUEUE,
): boolean {
  const tail = plain.get(submitter + SUBMITTER.tail);
  if (((tail - plain.get(submitter + SUBMITTER.headSeen)) | 0) >= cells) {
    // The head moves with every task that is taken: to fetch it from who took it costs more than all else here.
    const head = words.load(submitter + SUBMITTER.head);
    plain.set(submitter + SUBMITTER.headSeen, head);
    if (((tail - head) | 0) >= cells) return false;
  }
  plain.set(submitter + SUBMITTER.queue + (tail & (cells - 1)), task);
  // PUBLISH task: OBSERVE in takeOldest().
  words.store(submitter + SUBMITTER.tail, (tail + 1) | 0);
  return true;
}

/**
 * Takes the task that was put first.
 *
 * @returns The task; 0 if nothing is queued.
 */
export function takeOldest(
  words: WordMemory,
  submitter: WordIndex,
  claim: Claim,
  cells: number = QUEUE,
): WordIndex {
  for (;;) {
    const head = words.load(submitter + SUBMITTER.head);
    // OBSERVE task
    if (((words.load(submitter + SUBMITTER.tail) - head) | 0) <= 0) return 0;
    const task = words.load(submitter + SUBMITTER.queue + (head & (cells - 1)));
    const claimed = claim(task);
    words.compareExchange(submitter + SUBMITTER.head, head, (head + 1) | 0);
    if (claimed) return task;
  }
}

/**
 * Takes the task that was put last. Only the submitter may.
 *
 * @returns The task; 0 if nothing is queued.
 */
export function takeNewest(
  { words, plain }: PoolMemory,
  submitter: WordIndex,
  claim: Claim,
  cells: number = QUEUE,
): WordIndex {
  for (;;) {
    const last = (plain.get(submitter + SUBMITTER.tail) - 1) | 0;
    if (((last - words.load(submitter + SUBMITTER.head)) | 0) < 0) return 0;
    // Who looks from here on does not see the last cell; who looked before has moved the head up to it, or not.
    words.store(submitter + SUBMITTER.tail, last);
    const head = words.load(submitter + SUBMITTER.head);
    const before = (last - head) | 0;
    const task = plain.get(submitter + SUBMITTER.queue + (last & (cells - 1)));
    const claimed = before >= 0 && claim(task);
    if (before <= 0) {
      // The last one of all: others may be about to move the head over it.
      words.compareExchange(submitter + SUBMITTER.head, last, (last + 1) | 0);
      words.store(submitter + SUBMITTER.tail, (last + 1) | 0);
    }
    if (claimed) return task;
  }
}

/**
 * Makes room at the head, over what was withdrawn or claimed; anybody may.
 *
 * @param isQueued Whether a task is still to be claimed.
 * @returns Whether there was any.
 */
export function skipTaken(
  words: WordMemory,
  submitter: WordIndex,
  isQueued: (task: WordIndex) => boolean,
  cells: number = QUEUE,
): boolean {
  for (let skipped = false;; skipped = true) {
    const head = words.load(submitter + SUBMITTER.head);
    if (((words.load(submitter + SUBMITTER.tail) - head) | 0) <= 0) return skipped;
    if (isQueued(words.load(submitter + SUBMITTER.queue + (head & (cells - 1))))) return skipped;
    words.compareExchange(submitter + SUBMITTER.head, head, (head + 1) | 0);
  }
}

/** A task that the submitter has claimed itself leaves the queue, if it was the last that was put. */
export function dropNewest(memory: PoolMemory, submitter: WordIndex, task: WordIndex): void {
  const { words, plain } = memory;
  const tail = plain.get(submitter + SUBMITTER.tail);
  if (((tail - words.load(submitter + SUBMITTER.head)) | 0) <= 0) return;
  const last = plain.get(submitter + SUBMITTER.queue + ((tail - 1) & (QUEUE - 1)));
  if (last === task) takeNewest(memory, submitter, () => true);
}

/** Who takes over the block of a dead submitter puts its queue right: it may have died taking a task back. */
export function adoptQueue(words: WordMemory, submitter: WordIndex): void {
  const head = words.load(submitter + SUBMITTER.head);
  if (((words.load(submitter + SUBMITTER.tail) - head) | 0) < 0) {
    words.store(submitter + SUBMITTER.tail, head);
  }
}
