/** What is known of the workers of a pool, in any process that has it. */
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { POOL, WORKER, workerAt } from "../tasks/layout.ts";
import { lastPresent } from "./presence.ts";

/** What a worker has done so far. Who took its predecessor's place goes on counting from there. */
export interface WorkerStats {
  /** Its process id; 0 if it has not begun. */
  readonly pid: number;
  /** How many tasks it has run; a chunk of `map` is one task. */
  readonly tasks: number;
  /** How many of these it took from another worker: tasks of tasks, and parts of what that one had begun. */
  readonly steals: number;
  /** For how many ms it had something to run, as far as that is over. */
  readonly busy: number;
  /** For how many ms it waited for something to run, as far as that is over. */
  readonly wait: number;
}

/** What each worker has done. */
export function statsOf({ heap: { words }, table }: Member, pool: WordIndex): WorkerStats[] {
  return Array.from({ length: words.load(pool + POOL.workers) }, (_, index) => {
    const at = workerAt(pool, index);
    return {
      pid: table.pidOf(lastPresent(words, at)),
      tasks: words.load(at + WORKER.tasks),
      steals: words.load(at + WORKER.steals),
      busy: words.load(at + WORKER.busy) / 10,
      wait: words.load(at + WORKER.wait) / 10,
    };
  });
}
