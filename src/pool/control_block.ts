/** The control block of a pool: what its maker writes there for all who get the pool. */
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { POOL, POOL_KIND, WORKER } from "../tasks/layout.ts";
import type { TaskLimits } from "./options.ts";

/** The largest number of a word; 24 days, in ms: a task that may take longer may for ever. */
const LONGEST = 2 ** 31 - 1;

/** Makes the object of a pool. */
export function makeControlBlock(
  { heap: { words }, holdings, owner }: Member,
  workers: number,
  { timeout, retries }: TaskLimits,
): WordIndex {
  const pool = holdings.create(POOL_KIND, POOL.size + workers * WORKER.size);
  words.store(pool + POOL.workers, workers);
  words.store(pool + POOL.maker, owner);
  words.store(pool + POOL.taskTimeout, Math.ceil(timeout) > LONGEST ? -1 : Math.ceil(timeout));
  words.store(pool + POOL.retries, Math.min(retries, LONGEST));
  return pool;
}

/** What a task may take if its call does not say. */
export function limitsIn({ heap: { words } }: Member, pool: WordIndex): TaskLimits {
  const timeout = words.load(pool + POOL.taskTimeout);
  return {
    timeout: timeout < 0 ? Infinity : timeout,
    retries: words.load(pool + POOL.retries),
  };
}
