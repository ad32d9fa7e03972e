/** The result of work that goes on: Python's `AsyncResult`, and a promise as well. */
import { refuseClass } from "../codec/write_builtin.ts";
import { ProcessError } from "../errors.ts";
import type { WaitOptions } from "../parking/waitable.ts";
import { endsWithin } from "../process/ending.ts";
import { checkCallback } from "./options.ts";
import { timeoutError } from "../parking/waitable.ts";
import { inspectable } from "../runtime/inspection.ts";

/** What is done with a result when it comes. */
export interface Callbacks<R> {
  /** Called once with the value. What it throws is reported as an uncaught error, and harms nothing else. */
  readonly callback?: (value: R) => void;
  /** Called once with the error. What it throws is reported as an uncaught error, and harms nothing else. */
  readonly errorCallback?: (error: unknown) => void;
}

/**
 * Work that was given to a pool and goes on; can be awaited.
 *
 * @example
 * ```ts
 * import { Pool } from "@x/mp";
 *
 * export function double(n: number): number {
 *   return 2 * n;
 * }
 *
 * if (import.meta.main) {
 *   await using pool = new Pool(1);
 *   const result = pool.applyAsync(double, [21]);
 *   if (await result.wait({ timeout: 60_000 })) console.log(result.successful, await result); // true 42
 * }
 * ```
 */
export class AsyncResult<R> implements PromiseLike<R> {
  readonly #promise: Promise<R>;
  #state: "pending" | "successful" | "failed" = "pending";

  /**
   * Begins work.
   *
   * @param begin Gives it to the pool, and returns the promise of its end.
   * @param callbacks What is done when it ends.
   * @throws {TypeError} if a callback is not a function; nothing has begun.
   */
  constructor(begin: () => Promise<R>, { callback, errorCallback }: Callbacks<R> = {}) {
    checkCallback("give work", "callback", callback);
    checkCallback("give work", "errorCallback", errorCallback);
    this.#promise = begin();
    this.#promise.then(
      (value) => {
        this.#state = "successful";
        if (callback !== undefined) queueMicrotask(() => callback(value));
      },
      (error) => {
        this.#state = "failed";
        if (errorCallback !== undefined) queueMicrotask(() => errorCallback(error));
      },
    );
  }

  /**
   * Waits for the value; can be called any number of times.
   *
   * @throws {TimeoutError} if the time is over; the work goes on.
   */
  async get(wait?: WaitOptions): Promise<R> {
    if (!await this.wait(wait)) throw timeoutError("the result", wait);
    return await this.#promise;
  }

  /** Waits for the end, whatever it is; false if the time was over. */
  async wait(wait?: WaitOptions): Promise<boolean> {
    const ended = this.#promise.then(() => {}, () => {});
    return await endsWithin(ended, wait);
  }

  /** Whether the work has ended. */
  get ready(): boolean {
    return this.#state !== "pending";
  }

  /**
   * Whether the work has ended without an error.
   *
   * @throws {ProcessError} if it has not ended.
   */
  get successful(): boolean {
    if (this.#state !== "pending") return this.#state === "successful";
    throw new ProcessError("Cannot tell whether the work was successful: it is not ready");
  }

  /** Waits for the value, as `await` does. */
  then<A = R, B = never>(
    onValue?: ((value: R) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onValue, onError);
  }
}
refuseClass(AsyncResult.prototype, "AsyncResult", "await it first");

inspectable(AsyncResult.prototype, ["ready", "successful"]);
