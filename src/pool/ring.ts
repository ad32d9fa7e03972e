/**
 * The ring of a worker: tasks that the submitter has meant for it, and that every worker may take.
 *
 * | word | written by | meaning |
 * | --- | --- | --- |
 * | tail | the submitter alone | how many tasks were ever put |
 * | head | every worker, by compare-exchange | how many were taken or skipped |
 * | ring[i mod RING] | the submitter | a task, for head ≤ i < tail |
 *
 * Taking is not moving the head but claiming the task (`task.ts`): who claims it moves the head, and
 * whoever finds that the task at the head is claimed already moves the head for it. So a worker that is
 * killed between the two loses nothing, and a stale look at a cell that was used again at worst claims
 * a task that really is queued; the cell that announced that one is skipped later.
 */
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { RING, WORKER } from "./layout.ts";

/** How many cells of a ring are in use. */
export function ringLength(words: WordMemory, worker: WordIndex): number {
  return (words.load(worker + WORKER.tail) - words.load(worker + WORKER.head)) | 0;
}

/** Puts a queued task; false if the ring is full. Only the submitter may. */
export function putTask(words: WordMemory, worker: WordIndex, task: WordIndex): boolean {
  const tail = words.load(worker + WORKER.tail);
  if (((tail - words.load(worker + WORKER.head)) | 0) >= RING) return false;
  words.store(worker + WORKER.ring + (tail & (RING - 1)), task);
  // PUBLISH task: OBSERVE in takeTask().
  words.store(worker + WORKER.tail, (tail + 1) | 0);
  return true;
}

/**
 * Takes the oldest task of a ring.
 *
 * @param claim Claims a task; false if somebody else has it.
 * @returns The task; 0 if the ring is empty.
 */
export function takeTask(
  words: WordMemory,
  worker: WordIndex,
  claim: (task: WordIndex) => boolean,
): WordIndex {
  for (;;) {
    const head = words.load(worker + WORKER.head);
    // OBSERVE task
    if (head === words.load(worker + WORKER.tail)) return 0;
    const task = words.load(worker + WORKER.ring + (head & (RING - 1)));
    const claimed = claim(task);
    words.compareExchange(worker + WORKER.head, head, (head + 1) | 0);
    if (claimed) return task;
  }
}
