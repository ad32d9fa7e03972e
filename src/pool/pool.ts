/** A pool of worker processes. */
import { ClosedError, ProcessDiedError, ProcessError } from "../errors.ts";
import { describeFunction } from "../functions/describe.ts";
import type { FunctionReference } from "../functions/reference.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import { currentPlatform } from "../platform/current.ts";
import { assertMayStart } from "../process/guard.ts";
import { mainModule } from "../process/current.ts";
import { AsyncResult, type Callbacks } from "./async_result.ts";
import { asyncChunksOf, chunkSizeFor } from "./chunks.ts";
import { imap } from "./imap.ts";
import { MAX_WORKERS, PHASE, POOL, WORKER } from "./layout.ts";
import { type MapPlan, type Receiver, RunningMap } from "./map.ts";
import {
  type CallOptions,
  checkAmount,
  checkCallback,
  checkCount,
  checkItems,
  checkTries,
  type ImapOptions,
  limitsOf,
  type MapOptions,
  type PoolOptions,
} from "./options.ts";
import { Staff, type WorkerStats } from "./staff.ts";
import { type Order, Submitter } from "./submitter.ts";
import { CALL, EACH, EACH_SPREAD } from "./task.ts";
import { callExport, type WorkerPlan } from "./worker.ts";

/** How many processors this process may use, by affinity and quota; at least 1. */
export function cpuCount(): number {
  return currentPlatform().processors();
}

/**
 * Worker processes that run functions of ours, fed through shared memory.
 *
 * - Results come in the order of the items, whatever order they were made in.
 * - A worker that dies rejects what it was running, and nothing else; another takes its place.
 * - A program that forgets to close its pool still ends.
 *
 * Modelled on Python's `multiprocessing.Pool`.
 *
 * @example Use all processors
 * ```ts
 * import { Pool } from "@x/mp";
 *
 * export function fib(n: number): number {
 *   return n < 2 ? n : fib(n - 1) + fib(n - 2);
 * }
 *
 * if (import.meta.main) {
 *   await using pool = new Pool();
 *   console.log(await pool.map(fib, [20, 21, 22])); // [6765, 10946, 17711]
 * }
 * ```
 */
export class Pool<I extends readonly unknown[] = readonly unknown[]> implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #staff: Staff;
  readonly #submitter: Submitter;
  #state: "open" | "closed" | "terminated" = "open";
  #broken: ProcessError | undefined;
  #ended: Promise<void> | undefined;

  /**
   * Starts the workers; returns at once.
   *
   * @param workers How many; by default one for each processor.
   * @param options What else.
   * @throws {RangeError} if `workers` is not an integer from 1 to 512, or an option is out of its bounds.
   * @throws {ProcessError} in a child that is still importing its module.
   */
  constructor(workers: number = cpuCount(), options: PoolOptions<I> = {}) {
    checkCount("make a pool", "workers", workers, MAX_WORKERS);
    const plan = planOf(options as PoolOptions);
    this.#options = options as PoolOptions;
    assertMayStart("make a pool");
    this.#member = member();
    const { heap: { words }, allocator, owner } = this.#member;
    const length = POOL.size + workers * WORKER.size;
    this.#pool = allocator.cells.allocate(length * 4);
    for (let i = 0; i < length; i++) words.store(this.#pool + i, 0);
    words.store(this.#pool + POOL.workers, workers);
    words.store(this.#pool + POOL.owner, owner);
    const name = options.name ?? "PoolWorker";
    this.#staff = new Staff(this.#member, this.#pool, name, plan, {
      died: (casualty) => this.#submitter.bury(casualty),
      hopeless: (error) => {
        const why = error instanceof ProcessDiedError
          ? "its workers die before they begin"
          : `its initializer failed: ${error.message}`;
        this.#broken = new ProcessError(`Cannot use the pool: ${why}`, { cause: error });
        void this.terminate();
      },
    });
    this.#submitter = new Submitter(this.#member, this.#pool, this.#staff, () => this.#onIdle());
    try {
      this.#staff.start(workers);
    } catch (error) {
      allocator.cells.free(this.#pool);
      throw error;
    }
  }

  /** How many workers the pool has. */
  get size(): number {
    return this.#staff.size;
  }

  /** The process ids of the workers. */
  get pids(): readonly number[] {
    return this.#staff.pids;
  }

  /** What each worker has done so far. */
  stats(): WorkerStats[] {
    return this.#staff.stats();
  }

  /**
   * Calls a function in a worker.
   *
   * @param fn The function: exported, registered with `task()`, or in need of nothing but its arguments.
   * @param args Its arguments; they are copied now.
   * @param options How to stop it.
   * @returns What it returns, or what its promise resolves with. Rejects with `RemoteError` if it throws,
   * with `ProcessDiedError` if its worker dies, with `TimeoutError` if it runs too long, with
   * `SerializationError` if something cannot be sent.
   */
  apply<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args: A = [] as unknown as A,
    options: CallOptions = {},
  ): Promise<Awaited<R>> {
    const order = this.#call("apply", fn, args, options);
    return new Promise((resolve, reject) => this.#order(order, options, { resolve, reject }));
  }

  /** Like {@linkcode Pool.apply}, but blocks this thread until the value is there. */
  applySync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args: A = [] as unknown as A,
    options: CallOptions = {},
  ): Awaited<R> {
    const order = this.#call("apply", fn, args, options);
    return this.#blocking((receiver) => this.#order(order, options, receiver));
  }

  /** Like {@linkcode Pool.apply}, with a result that can be asked, waited for and awaited. */
  applyAsync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args: A = [] as unknown as A,
    options: CallOptions & Callbacks<Awaited<R>> = {},
  ): AsyncResult<Awaited<R>> {
    return new AsyncResult(this.apply(fn, args, options), options);
  }

  /**
   * Calls a function with each item, and waits for all.
   *
   * @param fn The function.
   * @param items The items; all are taken and copied now.
   * @param options How large chunks are, how to stop it, who is told of progress.
   * @returns The values in the order of the items. Rejects with the first error that comes; a `RemoteError`
   * says in `index` for which item.
   */
  async map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options: MapOptions = {},
  ): Promise<Awaited<R>[]> {
    return await this.#mapping<T, R>("map", EACH, fn, items, options);
  }

  /** Like {@linkcode Pool.map}, but blocks this thread until the values are there. */
  mapSync<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options: MapOptions = {},
  ): Awaited<R>[] {
    const plan = this.#plan("map", EACH, fn, items, options);
    return this.#blocking((receiver) => this.#map<T, Awaited<R>>(plan, options, receiver));
  }

  /** Like {@linkcode Pool.map}, with a result that can be asked, waited for and awaited. */
  mapAsync<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options: MapOptions & Callbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return new AsyncResult(this.map(fn, items, options), options);
  }

  /** Like {@linkcode Pool.map}, with items that are arrays of arguments. */
  async starmap<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<A>,
    options: MapOptions = {},
  ): Promise<Awaited<R>[]> {
    return await this.#mapping<A, R>("starmap", EACH_SPREAD, fn, items, options);
  }

  /** Like {@linkcode Pool.starmap}, but blocks this thread until the values are there. */
  starmapSync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<A>,
    options: MapOptions = {},
  ): Awaited<R>[] {
    const plan = this.#plan("starmapSync", EACH_SPREAD, fn, items, options);
    return this.#blocking((receiver) => this.#map<A, Awaited<R>>(plan, options, receiver));
  }

  /** Like {@linkcode Pool.starmap}, with a result that can be asked, waited for and awaited. */
  starmapAsync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    items: Iterable<A>,
    options: MapOptions & Callbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return new AsyncResult(this.starmap(fn, items, options), options);
  }

  /**
   * The functions of a module, to be called in workers. The module is imported there, and not here.
   *
   * @param url The URL of the module, as `import.meta.resolve()` gives it.
   * @returns An object with a function of the same arguments, and a promise of its value, for each.
   * @throws {TypeError} if `url` is not an absolute URL.
   */
  import<M extends object>(url: string | URL): RemoteModule<M> {
    const { href } = new URL(url);
    return new Proxy({} as RemoteModule<M>, {
      get: (_, name) => {
        // Not a promise, whoever asks.
        if (typeof name !== "string" || name === "then") return undefined;
        return (...args: unknown[]) => this.apply(callExport, [href, name, args]);
      },
    });
  }

  /**
   * Calls a function with each item, lazily and in order: pulls no more items than `bufferSize` ahead of
   * the results that were taken. Leaving the loop early stops the work.
   *
   * @param fn The function.
   * @param items The items, also without end, also asynchronous.
   * @param options How large chunks are, how far to pull ahead, and how to stop it. Closing the pool stops
   * it, too: what was not sent by then is a `ClosedError`.
   * @returns The values in the order of the items; an error comes in its item's place and ends it, or
   * with `failFast: false` behind all other values.
   */
  imap<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options: ImapOptions = {},
  ): AsyncIterableIterator<Awaited<R>> {
    return this.#imap("imap", fn, items, options, true);
  }

  /** Like {@linkcode Pool.imap}, with the values in whatever order they come. */
  imapUnordered<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options: ImapOptions = {},
  ): AsyncIterableIterator<Awaited<R>> {
    return this.#imap("imapUnordered", fn, items, options, false);
  }

  /** Takes no more work; what was given is done, and then the workers end. */
  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closed";
    this.#member.heap.words.store(this.#pool + POOL.phase, PHASE.CLOSED);
    if (this.#submitter.pending === 0) this.#end();
  }

  /** Kills the workers and rejects everything that has not settled; resolves when they have ended. */
  async terminate(): Promise<void> {
    if (this.#state !== "terminated") {
      this.#state = "terminated";
      this.#staff.kill();
      this.#submitter.abandon(() => this.#closedError("go on"));
    }
    await this.#end();
  }

  /**
   * Waits until the workers have ended.
   *
   * @throws {ProcessError} before {@linkcode Pool.close} or {@linkcode Pool.terminate}: they would never end.
   */
  async join(): Promise<void> {
    if (this.#state === "open") {
      throw new ProcessError("Cannot join the pool: it is open; close or terminate it first");
    }
    await this.#finished.promise;
  }

  /** Closes and joins. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.join();
  }

  readonly #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  #onIdle(): void {
    if (this.#state === "closed") void this.#end();
  }

  #end(): Promise<void> {
    this.#ended ??= (async () => {
      this.#member.heap.words.store(this.#pool + POOL.phase, PHASE.ENDED);
      this.#staff.dismiss();
      await this.#staff.join();
      this.#submitter.free();
      this.#member.allocator.cells.free(this.#pool);
      this.#finished.resolve();
    })();
    return this.#ended;
  }

  #imap<T, R>(
    act: string,
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options: ImapOptions,
    ordered: boolean,
  ): AsyncIterableIterator<Awaited<R>> {
    const reference = this.#describe(act, fn);
    const limits = limitsOf(act, options, this.#options);
    const { chunkSize = 1, onProgress } = options;
    const size = checkCount(act, "chunkSize", chunkSize);
    const { bufferSize = 2 * this.size * size } = options;
    const buffer = checkCount(act, "bufferSize", bufferSize);
    checkItems(act, items);
    checkCallback(act, "onProgress", onProgress);
    return imap<T, Awaited<R>>({
      submit: (order) => {
        // It may have been closed since the loop began.
        if (this.#state !== "open") throw this.#closedError(act);
        this.#submitter.submit(order);
      },
      withdraw: (order) => void this.#submitter.withdraw(order),
      chunks: asyncChunksOf(items, size),
      ahead: Math.max(1, Math.floor(buffer / size)),
      ordered,
      failFast: options.failFast ?? true,
      signal: options.signal,
      onProgress,
      order: (payload) => ({ fn: reference, kind: EACH, payload, root: "items", limits }),
    });
  }

  #describe(act: string, fn: unknown): FunctionReference {
    if (this.#state !== "open") throw this.#closedError(act);
    return describeFunction(fn, undefined, mainModule());
  }

  #closedError(act: string): ProcessError {
    if (this.#broken !== undefined) return this.#broken;
    return new ClosedError(`Cannot ${act}: the pool is ${this.#state}`);
  }

  #call(
    act: string,
    fn: unknown,
    payload: readonly unknown[],
    options: CallOptions,
  ): Omit<Order, "resolve" | "reject"> {
    const reference = this.#describe(act, fn);
    const limits = limitsOf(act, options, this.#options);
    return { fn: reference, kind: CALL, payload, root: "args", limits };
  }

  #order<R>(
    order: Omit<Order, "resolve" | "reject">,
    { signal }: CallOptions,
    receiver: Receiver<Awaited<R>>,
  ): void {
    signal?.throwIfAborted();
    const abort = (): void => {
      this.#submitter.withdraw(whole);
      receiver.reject(signal!.reason);
    };
    const settled = (): void => signal?.removeEventListener("abort", abort);
    const whole: Order = {
      ...order,
      resolve(value) {
        settled();
        receiver.resolve(value as Awaited<R>);
      },
      reject(error) {
        settled();
        receiver.reject(error);
      },
    };
    this.#submitter.submit(whole);
    signal?.addEventListener("abort", abort, { once: true });
  }

  #plan<T>(
    act: string,
    kind: number,
    fn: unknown,
    items: Iterable<T>,
    options: MapOptions,
  ): MapPlan<T> {
    const reference = this.#describe(act, fn);
    checkItems(act, items);
    checkCallback(act, "onProgress", options.onProgress);
    const all = Array.isArray(items) ? items as T[] : [...items];
    return {
      fn: reference,
      kind,
      items: all,
      chunkSize: options.chunkSize === undefined
        ? chunkSizeFor(all.length, this.size)
        : checkCount(act, "chunkSize", options.chunkSize),
      limits: limitsOf(act, options, this.#options),
      failFast: options.failFast ?? true,
      onProgress: options.onProgress,
    };
  }

  #mapping<T, R>(
    act: string,
    kind: number,
    fn: unknown,
    items: Iterable<T>,
    options: MapOptions,
  ): Promise<Awaited<R>[]> {
    const plan = this.#plan(act, kind, fn, items, options);
    return new Promise((resolve, reject) => this.#map(plan, options, { resolve, reject }));
  }

  #map<T, R>(plan: MapPlan<T>, { signal }: MapOptions, receiver: Receiver<R[]>): void {
    signal?.throwIfAborted();
    const abort = (): void => running.stop(signal!.reason);
    const settled = (): void => signal?.removeEventListener("abort", abort);
    const running: RunningMap<T, R> = new RunningMap<T, R>(this.#submitter, plan, {
      resolve(values) {
        settled();
        receiver.resolve(values);
      },
      reject(reason) {
        settled();
        receiver.reject(reason);
      },
    });
    signal?.addEventListener("abort", abort, { once: true });
  }

  /** Begins a call and blocks this thread until it has ended. */
  #blocking<R>(begin: (receiver: Receiver<R>) => void): R {
    let outcome: { readonly value: R } | { readonly reason: unknown } | undefined;
    begin({
      resolve: (value) => outcome = { value },
      reject: (reason) => outcome = { reason },
    });
    this.#submitter.collectUntil(() => outcome !== undefined, Infinity, {});
    if ("reason" in outcome!) throw outcome.reason;
    return outcome!.value;
  }
}

function planOf(options: PoolOptions): WorkerPlan {
  const { initializer, initArgs, maxTasksPerWorker, maxMemoryPerWorker } = options;
  const act = "make a pool";
  checkAmount(act, "taskTimeout", options.taskTimeout);
  checkTries(act, "retries", options.retries);
  const count = maxTasksPerWorker === undefined
    ? Infinity
    : checkCount(act, "maxTasksPerWorker", maxTasksPerWorker);
  return {
    initializer: initializer === undefined
      ? undefined
      : describeFunction(initializer, undefined, mainModule()),
    initArgs: initArgs ?? [],
    maxTasks: count,
    maxMemory: checkAmount(act, "maxMemoryPerWorker", maxMemoryPerWorker) ?? Infinity,
  };
}

/** The functions of a module as they are called from here. */
export type RemoteModule<M extends object> = {
  readonly [
    K in keyof M as M[K] extends (...args: never[]) => unknown ? K : never
  ]: M[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};
