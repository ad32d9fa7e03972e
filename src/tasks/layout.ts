/** The words of a pool. */
import { LINE, struct } from "../memory/struct.ts";
import type { PlainMemory, WordIndex, WordMemory } from "../memory/words.ts";

/** What the words of a pool are read and written with. */
export interface PoolMemory {
  /** Those that several processes touch at a time. */
  readonly words: WordMemory;
  /** Those that an operation on one of these publishes. */
  readonly plain: PlainMemory;
}

/** The number of pools among shared objects. */
export const POOL_KIND = 100;

/** How many tasks can be queued at a time for one submitter; a power of two. */
export const QUEUE = 4096;
/** How many workers a pool can have. */
export const MAX_WORKERS = 512;
/** How many processes can submit at a time. */
export const MAX_SUBMITTERS = 1024;
/** How many functions a pool remembers by number. */
export const FUNCTIONS = 1024;
/** How many task records are allocated at a time. */
export const SLAB = 256;
/** How many slabs a submitter can have. */
export const MAX_SLABS = 256;
/** How many bytes of arguments or results fit into a task's own record. */
export const INLINE_BYTES = 200;

/** Whether a pool takes tasks. */
export const PHASE = { OPEN: 0, CLOSED: 1, ENDED: 2 } as const;

/** In a block: a worker of the pool submits from it. */
export const BY_WORKER = 1;

/** The control block of a pool: a shared object. */
export const POOL = struct({
  /** See `PHASE`; ENDED tells the workers to return. */
  phase: 1,
  /** How many workers it has. */
  workers: 1,
  /** Who made it. */
  maker: 1,
  /** How long a task may run if its call does not say, in whole ms; -1 for ever. */
  taskTimeout: 1,
  /** How often a task may be run again if its call does not say. */
  retries: 1,
  /** How many processes of the tree have died so far; see `submitters.ts`. */
  deaths: 1,
  /** How many places of the table of submitters were ever used. */
  submitters: 1,
  /** How often a submitter has become idle since the pool was closed. */
  settled: 1,
  /** How many functions have a number. */
  functionsUsed: 1,
  /** At least as many as workers sleep; see `sleep.ts`. */
  sleeping: { words: 1, align: LINE },
  /** Which worker searches; see `sleep.ts`. */
  searcher: { words: 1, align: LINE },
  /** The blocks of those who submit; see `submitters.ts`. */
  table: { words: MAX_SUBMITTERS, align: LINE },
  /** The parcels of the functions, by number; see `functions.ts`. */
  functions: { words: FUNCTIONS, align: LINE },
}, LINE);

/** The control block of a worker. */
export const WORKER = struct({
  /** Whether it sleeps; see `sleep.ts`. */
  sleep: 1,
  /** The process that works here, as soon as it does. */
  owner: 1,
  /** When the initializer of who shall work here began, in ms of the machine's clock modulo 2^31; 0 before. */
  beganAt: 1,
  /** How many tasks it has run. */
  tasks: { words: 1, align: LINE },
  /** How many of them another worker had queued, or was in the middle of. */
  steals: 1,
  /** How long it had something to run, in units of 0.1 ms. */
  busy: 1,
  /** How long it waited for something to run, in units of 0.1 ms. */
  wait: 1,
}, LINE);

/** The block of one who submits. */
export const SUBMITTER = struct({
  /** Who submits; NOBODY if another may take the block over. */
  owner: 1,
  /** Whether it has orders that have not settled. */
  pending: 1,
  /** `BY_WORKER` if a worker of the pool submits here. */
  role: 1,
  /** How many slabs there are. */
  slabs: 1,
  /** The completion stack; see `completions.ts`. */
  completions: { words: 1, align: LINE },
  /** Where its queue ends for others; see `deque.ts`. */
  head: { words: 1, align: LINE },
  /** Where it puts. */
  tail: { words: 1, align: LINE },
  /** Where the head was when the submitter last looked. */
  headSeen: 1,
  /** The queued tasks. */
  queue: { words: QUEUE, align: LINE },
  /** Where its records lie. */
  slabTable: MAX_SLABS,
}, LINE);

/** The record of a task. */
export const TASK = struct({
  /** See `task.ts`. */
  state: 1,
  /** The next on the completion stack. */
  next: 1,
  /** The block of the submitter; never changes. */
  submitter: 1,
  /** Which of the submitter's records this is; never changes. */
  index: 1,
  /** Which worker had begun it as a part of something larger, or NOBODY. */
  origin: 1,
  /** Which function, or -1 if its reference is in the payload. */
  functionId: 1,
  /** What is done with the function: see `task.ts`. */
  kind: 1,
  /** How it ended: see `task.ts`. */
  outcome: 1,
  /** When the call that is running began, in ms of the machine's clock modulo 2^31; 0 before; UNTIMED. */
  startedAt: 1,
  /** What the arguments are: see `payload.ts`. */
  argumentForm: 1,
  /** The parcel of the arguments, or 0. */
  arguments: 1,
  /** What the result is: see `payload.ts`. */
  resultForm: 1,
  /** The parcel of the result, or 0. */
  result: 1,
  /** Arguments, then the result, if they are small. */
  inline: { words: INLINE_BYTES / 4, align: 2 },
}, LINE);

/** The control block of worker `i`. */
export function workerAt(pool: WordIndex, i: number): WordIndex {
  return pool + POOL.size + i * WORKER.size;
}
