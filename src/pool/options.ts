/** How a pool is made, and how work is given to it; what is not valid throws at once. */
import { checkIterable, checkSignal, shown } from "../parking/checks.ts";

/** How a pool is made. */
export interface PoolOptions<I extends readonly unknown[] = readonly unknown[]> {
  /** What its workers are called: `name-1` and so on; by default `PoolWorker`. */
  readonly name?: string;
  /** Called once in every worker before its first task; if it throws, the pool rejects everything. */
  readonly initializer?: (...args: I) => unknown;
  /** The arguments of the initializer. */
  readonly initArgs?: I;
  /** After how many tasks a worker is replaced by a fresh one; a chunk of `map` is one task. */
  readonly maxTasksPerWorker?: number;
  /** From how many resident bytes on a worker is replaced by a fresh one, between two tasks. */
  readonly maxMemoryPerWorker?: number;
  /**
   * How long a task may run, in ms; then its worker is killed and replaced: asynchronous tasks that overlap with it
   * there are rejected with `ProcessDiedError`, or retried. By default for ever. An initializer that runs longer
   * rejects the pool.
   */
  readonly taskTimeout?: number;
  /** How often a task is run again whose worker has died under it; by default 0. Errors are not retried. */
  readonly retries?: number;
}

/** How one call of a pool works. */
export interface CallOptions {
  /** Stops waiting; what no worker has begun is not run. */
  readonly signal?: AbortSignal;
  /** How long each task may run, in ms, instead of the pool's `taskTimeout`. */
  readonly timeout?: number;
  /** How often a task is run again whose worker has died, instead of the pool's `retries`. */
  readonly retries?: number;
}

/** How one call of a pool with many items works. */
export interface MapOptions extends CallOptions {
  /**
   * How many items go to a worker at a time; for `imap` by default one. For `map` it is by default so many that
   * each worker comes many times, and who is in the middle of a chunk gives back the rest when others have nothing
   * to do.
   */
  readonly chunkSize?: number;
  /** Called whenever items are done: with how many, and of how many if that is known. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /**
   * Whether the first error ends the call at once (the default), or all other items are run first. Then the error of
   * the first item that failed is told; by `imap`, if its source throws as well, an `AggregateError` of both.
   */
  readonly failFast?: boolean;
}

/** How a lazy call of a pool works. */
export interface ImapOptions extends MapOptions {
  /**
   * How many items are pulled ahead of those that were taken; by default two chunks for each worker. What `next()` is
   * about to give is taken.
   */
  readonly bufferSize?: number;
}

/**
 * Checks a count.
 *
 * @throws {RangeError} if it is not an integer from 1 to `most`.
 */
export function checkCount(act: string, what: string, value: unknown, most = 2 ** 31 - 1): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) {
    return value;
  }
  throw new RangeError(
    `Cannot ${act}: ${what} must be an integer from 1 to ${most}, got ${shown(value)}`,
  );
}

/**
 * Checks an amount that may be zero or missing.
 *
 * @throws {RangeError} if it is negative or not a number.
 */
export function checkAmount<T extends number | undefined>(act: string, what: string, value: T): T {
  if (value === undefined || (typeof value === "number" && value >= 0)) return value;
  throw new RangeError(`Cannot ${act}: ${what} must be 0 or more, got ${shown(value)}`);
}

/**
 * Checks how often something is tried again.
 *
 * @throws {RangeError} if it is not an integer of 0 or more, or `Infinity`.
 */
export function checkTries<T extends number | undefined>(act: string, what: string, value: T): T {
  if (value === undefined || value === Infinity || (Number.isInteger(value) && value >= 0)) {
    return value;
  }
  throw new RangeError(
    `Cannot ${act}: ${what} must be an integer of 0 or more, got ${shown(value)}`,
  );
}

/**
 * Checks that something can be called, if it is there.
 *
 * @throws {TypeError} if it cannot.
 */
export function checkCallback(act: string, what: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new TypeError(`Cannot ${act}: ${what} must be a function, got ${shown(value)}`);
}

/**
 * Checks that there are items.
 *
 * @throws {TypeError} if it is neither an iterable nor an asynchronous one.
 */
export function checkItems(act: string, items: unknown): void {
  const later = (items as Partial<AsyncIterable<unknown>> | null | undefined)
    ?.[Symbol.asyncIterator];
  if (typeof later !== "function") checkIterable(act, "items", items);
}

/** What one task may take, checked. */
export interface TaskLimits {
  /** How long it may run, in ms; `Infinity` for ever. */
  readonly timeout: number;
  /** How often it may be run again. */
  readonly retries: number;
}

/**
 * The limits of a call, or else of the pool.
 *
 * @throws {TypeError} if its signal is none.
 */
export function limitsOf(act: string, call: CallOptions, pool: TaskLimits): TaskLimits {
  checkSignal(act, call.signal);
  if (call.timeout === undefined && call.retries === undefined) return pool;
  return {
    timeout: checkAmount(act, "timeout", call.timeout) ?? pool.timeout,
    retries: checkTries(act, "retries", call.retries) ?? pool.retries,
  };
}

/**
 * The limits of all calls of a pool that do not say otherwise.
 *
 * @throws {RangeError} if they are negative or not a number.
 */
export function poolLimits(act: string, { taskTimeout, retries }: PoolOptions): TaskLimits {
  return {
    timeout: checkAmount(act, "taskTimeout", taskTimeout) ?? Infinity,
    retries: checkTries(act, "retries", retries) ?? 0,
  };
}
