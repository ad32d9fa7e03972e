/**
 * The completion stack: tasks that are done, for the submitter to take all at once.
 *
 * | word | meaning | worker pushes | submitter |
 * | --- | --- | --- | --- |
 * | 0 EMPTY | nothing is done, the submitter does not sleep | the task, wakes nobody | announces: SLEEPING |
 * | -1 SLEEPING | nothing is done, the submitter sleeps or is about to | the task, and wakes it | waits |
 * | task | the last that was done; `next` leads to the others | the task, wakes nobody | takes all: EMPTY |
 *
 * Pushing is one compare-exchange (Treiber's stack); nothing is ever popped singly, so there is no ABA.
 */
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { POOL, TASK } from "./layout.ts";

const EMPTY = 0;
const SLEEPING = -1;

/**
 * Pushes a task that is done.
 *
 * @returns Whether the submitter must be woken.
 */
export function pushCompletion(words: WordMemory, pool: WordIndex, task: WordIndex): boolean {
  for (;;) {
    const top = words.load(pool + POOL.completions);
    words.store(task + TASK.next, top === SLEEPING ? EMPTY : top);
    // PUBLISH completion: OBSERVE in takeCompletions().
    if (words.compareExchange(pool + POOL.completions, top, task) === top) return top === SLEEPING;
  }
}

/** Takes all tasks that are done, the oldest first; `undefined` if there are none. */
export function takeCompletions(words: WordMemory, pool: WordIndex): WordIndex[] | undefined {
  const top = words.load(pool + POOL.completions);
  if (top === EMPTY || top === SLEEPING) return undefined;
  const tasks: WordIndex[] = [];
  // OBSERVE completion
  let task = words.exchange(pool + POOL.completions, EMPTY);
  for (; task > 0; task = words.load(task + TASK.next)) tasks.push(task);
  return tasks.reverse();
}

/** Says that the submitter sleeps; the value to sleep on, or `undefined` if something is done. */
export function announceSubmitter(words: WordMemory, pool: WordIndex): number | undefined {
  const before = words.compareExchange(pool + POOL.completions, EMPTY, SLEEPING);
  return before === EMPTY || before === SLEEPING ? SLEEPING : undefined;
}
