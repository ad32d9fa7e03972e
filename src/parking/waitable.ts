/** What can be waited for, and how long. */
import { TimeoutError } from "../errors.ts";
import type { WordIndex } from "../memory/words.ts";
import { checkSignal, shown } from "./checks.ts";

/** The longest delay that timers take, in ms. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;

/**
 * What a primitive says of one thing that can be waited for. Both functions are short, never block, and
 * are called any number of times.
 */
export interface Waitable<T> {
  /** The word that changes when it may be there, and that synchronous waiters sleep on. */
  readonly at: WordIndex;
  /** Takes it, if it is there; `undefined` if it is not. */
  attempt(): T | undefined;
  /**
   * Makes sure that whoever changes the word next will call `Parking.wake`, and returns the value that
   * the word then had; `undefined` if it has changed, so that it is worth another attempt.
   */
  announce(): number | undefined;
  /**
   * Called now and then while somebody sleeps: looks whether the one that is waited for is dead.
   * Without it, the whole owner table is looked at.
   */
  inspect?(): void;
  /** No death can keep it from coming, or another notices it: nothing is looked for meanwhile. */
  readonly patient?: boolean;
  /** What is waited for, for the message of a timeout: `the lock`. */
  readonly what: string;
  /** The handle that must not be collected while somebody waits, as what it holds would go with it. */
  readonly keeps?: object;
}

/** How long to wait. */
export interface WaitOptions {
  /** At most this many milliseconds; 0 is a poll; by default for ever. */
  readonly timeout?: number;
  /** Stops the wait with its reason. */
  readonly signal?: AbortSignal;
}

/** A moment on this process's monotonic clock, in ms; `Infinity` for never. */
export type Deadline = number;

/**
 * Makes a deadline at the public edge.
 *
 * @throws {RangeError} if the timeout is negative or not a number.
 * @throws {TypeError} if the options are no object: a mere number would else be a wait for ever.
 */
export function deadlineOf(options: WaitOptions | undefined): Deadline {
  if (options === undefined || options === null) return Infinity;
  if (typeof options !== "object") {
    throw new TypeError(
      `Cannot wait: how long is an object such as { timeout: 1000 }, got ${shown(options)}`,
    );
  }
  const { timeout } = options;
  if (timeout === undefined || timeout === Infinity) return Infinity;
  if (typeof timeout !== "number" || !(timeout >= 0)) {
    throw new RangeError(`Cannot wait: timeout must be 0 ms or more, got ${shown(timeout)}`);
  }
  return performance.now() + timeout;
}

/**
 * Looks at the signal before a wait.
 *
 * @throws The signal's reason, if it was aborted.
 * @throws {TypeError} if it is none.
 */
export function throwIfAborted(options: WaitOptions | undefined): void {
  const signal = options?.signal;
  if (signal === undefined || signal === null) return;
  checkSignal("wait", signal);
  signal.throwIfAborted();
}

/** The error of a deadline that is over. */
export function timeoutError(what: string, options?: WaitOptions): TimeoutError {
  const after = options?.timeout === undefined ? "" : ` within ${options.timeout} ms`;
  return new TimeoutError(`Cannot wait any longer for ${what}: it did not come${after}`);
}
