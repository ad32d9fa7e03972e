/**
 * The completion stack of a submitter: tasks that are done, for it to take all at once.
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
import { type PoolMemory, SUBMITTER, TASK } from "../tasks/layout.ts";

const EMPTY = 0;
const SLEEPING = -1;

/**
 * Pushes a task that is done on its submitter's stack.
 *
 * @returns Whether the submitter must be woken.
 */
export function pushCompletion(
  { words, plain }: PoolMemory,
  submitter: WordIndex,
  task: WordIndex,
): boolean {
  const stack = submitter + SUBMITTER.completions;
  let top = words.load(stack);
  for (;;) {
    plain.set(task + TASK.next, top === SLEEPING ? EMPTY : top);
    // PUBLISH completion: OBSERVE in takeCompletions().
    const found = words.compareExchange(stack, top, task);
    if (found === top) return top === SLEEPING;
    top = found;
  }
}

/**
 * Takes all tasks that are done.
 *
 * @returns The one that was done first, whose `next` leads to the others; `undefined` if there are none.
 */
export function takeCompletions(
  { words, plain }: PoolMemory,
  submitter: WordIndex,
): WordIndex | undefined {
  const stack = submitter + SUBMITTER.completions;
  const top = words.load(stack);
  if (top === EMPTY || top === SLEEPING) return undefined;
  // OBSERVE completion
  let task = words.exchange(stack, EMPTY);
  let first = EMPTY;
  while (task > 0) {
    const next = plain.get(task + TASK.next);
    plain.set(task + TASK.next, first);
    first = task;
    task = next;
  }
  return first;
}

/** Says that the submitter sleeps; the value to sleep on, or `undefined` if something is done. */
export function announceSubmitter(words: WordMemory, submitter: WordIndex): number | undefined {
  const before = words.compareExchange(submitter + SUBMITTER.completions, EMPTY, SLEEPING);
  return before === EMPTY || before === SLEEPING ? SLEEPING : undefined;
}

/** Whether the submitter sleeps, and will see at once what is pushed. */
export function isSubmitterAsleep(words: WordMemory, submitter: WordIndex): boolean {
  return words.load(submitter + SUBMITTER.completions) === SLEEPING;
}
