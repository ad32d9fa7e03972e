/** How a pool is made, and how work is given to it; what is not valid throws at once. */

/** How a pool is made. */
export interface PoolOptions {
  /** What its workers are called: `name-1` and so on; by default `PoolWorker`. */
  readonly name?: string;
}

/** How one call of a pool works. */
export interface MapOptions {
  /**
   * How many items go to a worker at a time; by default so many that each worker comes four times,
   * and for `imap` one.
   */
  readonly chunkSize?: number;
  /** Stops waiting; items that no worker has begun are not run. */
  readonly signal?: AbortSignal;
}

/** How a lazy call of a pool works. */
export interface ImapOptions extends MapOptions {
  /** How many items are pulled ahead of those that were taken; by default twice as many as it takes. */
  readonly bufferSize?: number;
}

/**
 * @throws {RangeError} if a count is not a positive integer.
 */
export function checkCount(act: string, what: string, value: unknown, most = 2 ** 31 - 1): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) {
    return value;
  }
  throw new RangeError(
    `Cannot ${act}: ${what} must be an integer from 1 to ${most}, got ${String(value)}`,
  );
}
