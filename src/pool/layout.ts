/** The words of a pool. */
import { LINE, struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";

/** How many tasks can be queued for one worker; a power of two. */
export const RING = 512;
/** How many workers a pool can have. */
export const MAX_WORKERS = 512;
/** How many functions a pool remembers by number. */
export const FUNCTIONS = 1024;
/** How many task records are allocated at a time. */
export const SLAB = 512;
/** How many bytes of arguments or results fit into a task's own record. */
export const INLINE_BYTES = 224;

/** Whether a pool takes tasks. */
export const PHASE = { OPEN: 0, CLOSED: 1, ENDED: 2 } as const;

/** The control block of a pool. */
export const POOL = struct({
  /** See `PHASE`; ENDED tells the workers to return. */
  phase: 1,
  /** How many workers it has. */
  workers: 1,
  /** Who made it. */
  owner: 1,
  /** At least as many as workers sleep; see `sleep.ts`. */
  sleeping: { words: 1, align: LINE },
  /** The completion stack; see `completions.ts`. */
  completions: { words: 1, align: LINE },
  /** The parcels of the functions, by number; see `functions.ts`. */
  functions: { words: FUNCTIONS, align: LINE },
}, LINE);

/** The control block of a worker. */
export const WORKER = struct({
  /** Whether it sleeps; see `sleep.ts`. */
  sleep: 1,
  /** The process that works here, as soon as it does. */
  owner: 1,
  /** Where thieves and the worker take; see `ring.ts`. */
  head: { words: 1, align: LINE },
  /** Where the submitter puts. */
  tail: { words: 1, align: LINE },
  /** The queued tasks. */
  ring: { words: RING, align: LINE },
  /** How many tasks it has run. */
  tasks: { words: 1, align: LINE },
  /** How many of them it took from other rings. */
  steals: 1,
  /** How long it has been awake with tasks to run, in units of 0.1 ms. */
  busy: 1,
}, LINE);

/** The record of a task. */
export const TASK = struct({
  /** See `task.ts`. */
  state: 1,
  /** The next on the completion stack. */
  next: 1,
  /** Which function, or -1 if its reference is in the payload. */
  functionId: 1,
  /** What is done with the function: see `task.ts`. */
  kind: 1,
  /** How it ended: see `task.ts`. */
  outcome: 1,
  /** When the call that is running began, in ms of the machine's clock modulo 2^31; 0 before. */
  startedAt: 1,
  /** How many bytes of arguments lie in the record; -1 if they are in a parcel. */
  argumentBytes: 1,
  /** The parcel of the arguments, or 0. */
  arguments: 1,
  /** How many bytes of result lie in the record; -1 if they are in a parcel. */
  resultBytes: 1,
  /** The parcel of the result, or 0. */
  result: 1,
  /** Arguments, then the result, if they are small. */
  inline: { words: INLINE_BYTES / 4, align: 2 },
}, LINE);

/** The control block of worker `i`. */
export function workerAt(pool: WordIndex, i: number): WordIndex {
  return pool + POOL.size + i * WORKER.size;
}
