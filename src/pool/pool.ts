/** A pool of worker processes. */
import { registerHandles } from "../codec/handle.ts";
import { ClosedError, ProcessDiedError, ProcessError } from "../errors.ts";
import { describeFunction } from "../functions/describe.ts";
import type { WordIndex } from "../memory/words.ts";
import { checkArgs, checkText } from "../parking/checks.ts";
import { type Member, member } from "../parking/member.ts";
import { currentPlatform } from "../platform/current.ts";
import { mainModule } from "../process/current.ts";
import { assertMayStart } from "../process/guard.ts";
import "../tasks/fate.ts";
import { AsyncResult, type Callbacks } from "./async_result.ts";
import { CallOrder } from "./call.ts";
import { asyncChunksOf, chunkSizeFor } from "./chunks.ts";
import { currentPost } from "./current.ts";
import { Functions, type NumberedFunction } from "./functions.ts";
import { imap } from "./imap.ts";
import { MAX_WORKERS, PHASE, POOL, POOL_KIND, WORKER } from "../tasks/layout.ts";
import { type MapPlan, type Receiver, RunningMap } from "./map.ts";
import {
  type CallOptions,
  checkAmount,
  checkCallback,
  checkCount,
  checkItems,
  type ImapOptions,
  limitsOf,
  type MapOptions,
  poolLimits,
  type PoolOptions,
  type TaskLimits,
} from "./options.ts";
import type { Order } from "./order.ts";
import { giveResolve, isUnlimited, takeResolve } from "./plain_call.ts";
import { Staff } from "./staff.ts";
import { statsOf, type WorkerStats } from "./stats.ts";
import { type Role, Submitter, type SubmitterEvents } from "./submitter.ts";
import { anyPending, wakeSubmitters } from "../tasks/submitters.ts";
import { EACH, EACH_SPREAD } from "../tasks/task.ts";
import { callExport, type WorkerPlan } from "./worker.ts";
import { inspectable } from "../runtime/inspection.ts";

/** The pool that the next handle is of, if that does not make one. */
let received: WordIndex = 0;

const NO_OPTIONS: CallOptions = {};

/** The object of a pool, for messages. */
let objectOf: (pool: Pool) => WordIndex;

/**
 * How many processors this process may use, by affinity and quota; at least 1.
 *
 * @example
 * ```ts
 * import { cpuCount } from "@x/mp";
 *
 * console.log(`${cpuCount()} processors`);
 * ```
 */
export function cpuCount(): number {
  return currentPlatform().processors();
}

/**
 * Worker processes that run functions of ours, fed through shared memory.
 *
 * - It can be sent to other processes, and used in its own tasks ({@linkcode Pool.current}): a task that waits for
 *   others keeps no worker from running them, however deep that goes. Who made it alone closes it.
 * - Results come in the order of the items, whatever order they were made in.
 * - An asynchronous task that awaits leaves its worker to the next: up to 64 overlap in a worker.
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
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #role: Role;
  readonly #limits: TaskLimits;
  readonly #functions: Functions;
  /** In the process that made it. */
  readonly #staff: Staff | undefined;
  #mySubmitter: Submitter | undefined;
  #state: "open" | "closed" | "terminated" = "open";
  #broken: ProcessError | undefined;
  #ended: Promise<void> | undefined;
  readonly #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  static {
    objectOf = (pool) => {
      if (pool.#ended !== undefined) throw pool.#closedError("send the pool");
      return pool.#pool;
    };
  }

  /**
   * The pool that this process works for, inside a task.
   *
   * @throws {ProcessError} if this process is no worker of a pool.
   */
  static current(): Pool {
    const post = currentPost();
    if (post === undefined) {
      throw new ProcessError("Cannot tell the current pool: this process is no worker of one");
    }
    return member().handles.get(post.pool, () => revive(post.pool));
  }

  /**
   * Starts the workers; returns at once.
   *
   * @param workers How many; by default one for each processor.
   * @param options What else.
   * @throws {RangeError} if `workers` is not an integer from 1 to 512, or an option is out of its bounds.
   * @throws {ProcessError} in a child that is still importing its module.
   */
  constructor(workers?: number, options?: PoolOptions<readonly []>);
  /** The same with an initializer that needs arguments. */
  constructor(workers: number | undefined, options: PoolOptions<I> & { readonly initArgs: I });
  constructor(workers: number = received === 0 ? cpuCount() : 0, options: PoolOptions<I> = {}) {
    if (received !== 0) {
      const post = currentPost();
      this.#member = member();
      this.#pool = received;
      const isOwn = post?.pool === received;
      this.#role = isOwn ? "worker" : "guest";
      this.#functions = isOwn ? post.functions : new Functions(this.#member, this.#pool);
      this.#limits = storedLimits(this.#member, this.#pool);
      return;
    }
    const act = "make a pool";
    const count = checkCount(act, "workers", workers, MAX_WORKERS);
    const plan = planOf(act, options as PoolOptions);
    assertMayStart(act);
    this.#limits = poolLimits(act, options as PoolOptions);
    this.#role = "maker";
    this.#member = member();
    this.#pool = makeObject(this.#member, count, this.#limits);
    this.#member.handles.get(this.#pool, () => this);
    this.#functions = new Functions(this.#member, this.#pool);
    const name = checkText(act, "name", options.name ?? "PoolWorker");
    const staff = this.#staff = new Staff(this.#member, this.#pool, name, plan, {
      died: (casualty) => this.#mySubmitter?.bury(casualty),
      hopeless: (error) => {
        const why = error instanceof ProcessDiedError
          ? "its workers die before they begin"
          : `its initializer failed: ${error.message}`;
        this.#broken = new ProcessError(`Cannot use the pool: ${why}`, { cause: error });
        void this.terminate();
      },
    });
    try {
      staff.start(count);
    } catch (error) {
      this.#member.handles.drop(this.#pool, this);
      throw error;
    }
  }

  /** How many workers the pool has. */
  get size(): number {
    return this.#member.heap.words.load(this.#pool + POOL.workers);
  }

  /** The process ids of the workers. */
  get pids(): readonly number[] {
    return this.#staff?.pids ?? this.stats().map(({ pid }) => pid);
  }

  /** What each worker has done so far. */
  stats(): WorkerStats[] {
    return statsOf(this.#member, this.#pool);
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
  apply<R>(fn: () => R, args?: readonly [], options?: CallOptions): Promise<Awaited<R>>;
  /** The same with a function that needs arguments. */
  apply<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options?: CallOptions,
  ): Promise<Awaited<R>>;
  apply<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args: A = [] as unknown as A,
    options: CallOptions = NO_OPTIONS,
  ): Promise<Awaited<R>> {
    const numbered = this.#number("apply", fn);
    checkArgs("apply", "args", args);
    const limits = limitsOf("apply", options, this.#limits);
    if (options.signal === undefined && isUnlimited(limits)) {
      const promise = new Promise<Awaited<R>>(giveResolve);
      try {
        this.#submitter.call(numbered, args, takeResolve());
      } catch (error) {
        return Promise.reject(error);
      }
      return promise;
    }
    return new Promise<unknown>((resolve, reject) => {
      this.#call(new CallOrder(numbered, limits, resolve, reject), args, options.signal);
    }) as Promise<Awaited<R>>;
  }

  /**
   * Like {@linkcode Pool.apply}, but blocks this thread until the value is there.
   *
   * Inside a task of the pool the function must not be asynchronous: as long as the task blocks its thread, a promise
   * that was made there does not go on. Use `await pool.apply()`; that holds for the other `…Sync` forms, too.
   *
   * @throws {ProcessError} inside a task, if the function has returned a promise here.
   */
  applySync<R>(fn: () => R, args?: readonly [], options?: CallOptions): Awaited<R>;
  /** The same with a function that needs arguments. */
  applySync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options?: CallOptions,
  ): Awaited<R>;
  applySync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args: A = [] as unknown as A,
    options: CallOptions = NO_OPTIONS,
  ): Awaited<R> {
    const numbered = this.#number("apply", fn);
    checkArgs("apply", "args", args);
    const limits = limitsOf("apply", options, this.#limits);
    return this.#blocking(({ resolve, reject }) => {
      const order = new CallOrder(numbered, limits, resolve as (value: unknown) => void, reject);
      this.#call(order, args, options.signal);
      return () => [order];
    });
  }

  /** Like {@linkcode Pool.apply}, with a result that can be asked, waited for and awaited. */
  applyAsync<R>(
    fn: () => R,
    args?: readonly [],
    options?: CallOptions & Callbacks<Awaited<R>>,
  ): AsyncResult<Awaited<R>>;
  /** The same with a function that needs arguments. */
  applyAsync<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options?: CallOptions & Callbacks<Awaited<R>>,
  ): AsyncResult<Awaited<R>>;
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
    return this.#mapBlocking(plan, options);
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
    return this.#mapBlocking(plan, options);
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

  /**
   * Takes no more work; what was given is done, what tasks give to the pool included, and then the workers end.
   *
   * @throws {ProcessError} in another process than the one that made the pool.
   */
  close(): void {
    this.#assertMaker("close");
    if (this.#state !== "open") return;
    this.#state = "closed";
    this.#member.heap.words.store(this.#pool + POOL.phase, PHASE.CLOSED);
    void this.#endOnceIdle();
  }

  /**
   * Kills the workers and rejects everything that has not settled; resolves when they have ended.
   *
   * @throws {ProcessError} as a rejection, in another process than the one that made the pool.
   */
  async terminate(): Promise<void> {
    const staff = this.#assertMaker("terminate");
    if (this.#state !== "terminated") {
      this.#state = "terminated";
      staff.kill();
      this.#member.heap.words.store(this.#pool + POOL.phase, PHASE.ENDED);
      this.#mySubmitter?.abandon(() => this.#closedError("go on"));
      wakeSubmitters(this.#member, this.#pool);
    }
    await this.#end(staff);
  }

  /**
   * Waits until the workers have ended.
   *
   * @throws {ProcessError} before {@linkcode Pool.close} or {@linkcode Pool.terminate}: they would never end. Also in
   * another process than the one that made the pool.
   */
  async join(): Promise<void> {
    this.#assertMaker("join");
    if (this.#state === "open") {
      throw new ProcessError("Cannot join the pool: it is open; close or terminate it first");
    }
    await this.#finished.promise;
  }

  /** Closes and joins, in the process that made the pool; does nothing in others. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#staff === undefined) return;
    this.close();
    await this.join();
  }

  #assertMaker(act: string): Staff {
    if (this.#staff !== undefined) return this.#staff;
    throw new ProcessError(`Cannot ${act} the pool: only the process that made it can`);
  }

  /** What this process submits from; most processes that have a pool only pass it on. */
  get #submitter(): Submitter {
    if (this.#mySubmitter !== undefined) return this.#mySubmitter;
    const submitter = new Submitter(this.#member, this.#pool, this.#role, this.#events());
    if (this.#role === "worker") currentPost()!.submitter = submitter;
    return this.#mySubmitter = submitter;
  }

  #events(): SubmitterEvents {
    const staff = this.#staff;
    if (staff !== undefined) {
      return { kill: (worker) => staff.killWorker(worker), inspect: () => staff.inspect() };
    }
    const post = currentPost();
    if (this.#role === "worker" && post !== undefined) {
      return { submitted: () => post.submitted(), help: (order) => post.help(order) };
    }
    return {
      lost: () => {
        this.#state = "terminated";
        this.#mySubmitter?.abandon(() => this.#closedError("go on"));
      },
    };
  }

  /** Tasks that were given may give others: it ends when nobody waits for any. */
  async #endOnceIdle(): Promise<void> {
    const { heap: { words }, parking } = this.#member;
    const at = this.#pool + POOL.settled;
    await parking.waitAsync({
      at,
      attempt: () => {
        return this.#state === "terminated" || !anyPending(words, this.#pool) ? true : undefined;
      },
      announce: () => words.load(at),
      what: "the pool's tasks",
    }, Infinity);
    if (this.#state === "closed") await this.#end(this.#staff!);
  }

  #end(staff: Staff): Promise<void> {
    this.#ended ??= (async () => {
      this.#member.heap.words.store(this.#pool + POOL.phase, PHASE.ENDED);
      staff.dismiss();
      await staff.join();
      this.#mySubmitter?.leave();
      this.#member.handles.drop(this.#pool, this);
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
    const numbered = this.#number(act, fn);
    const limits = limitsOf(act, options, this.#limits);
    const { chunkSize = 1, onProgress } = options;
    const size = checkCount(act, "chunkSize", chunkSize);
    const { bufferSize = 2 * this.size * size } = options;
    const buffer = checkCount(act, "bufferSize", bufferSize);
    checkItems(act, items);
    checkCallback(act, "onProgress", onProgress);
    return imap<T, Awaited<R>>({
      submit: (order, sent) => {
        // It may have been closed since the loop began.
        if (this.#state !== "open") throw this.#closedError(act);
        this.#submitter.submit(order, sent, "items");
      },
      withdraw: (order) => void this.#submitter.withdraw(order),
      chunks: asyncChunksOf(items, size),
      ahead: Math.max(1, Math.floor(buffer / size)),
      ordered,
      failFast: options.failFast ?? true,
      signal: options.signal,
      onProgress,
      fn: numbered,
      limits,
    });
  }

  #number(act: string, fn: unknown): NumberedFunction {
    if (this.#state !== "open") throw this.#closedError(act);
    if (this.#staff === undefined) this.#assertOpen(act);
    return this.#functions.numberOf(fn);
  }

  /** Tasks that were given before the pool was closed may need others. */
  #assertOpen(act: string): void {
    const phase = this.#member.heap.words.load(this.#pool + POOL.phase);
    if (phase === PHASE.OPEN || (phase === PHASE.CLOSED && this.#role === "worker")) return;
    throw new ClosedError(`Cannot ${act}: the pool is closed`);
  }

  #closedError(act: string): ProcessError {
    if (this.#broken !== undefined) return this.#broken;
    return new ClosedError(`Cannot ${act}: the pool is ${this.#state}`);
  }

  #call(order: CallOrder, args: readonly unknown[], signal: AbortSignal | null | undefined): void {
    if (!signal) return this.#submitter.submit(order, args, "args");
    signal.throwIfAborted();
    const abort = (): void => {
      this.#submitter.withdraw(order);
      order.reject(signal.reason);
    };
    this.#submitter.submit(order, args, "args");
    order.detach = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
  }

  #plan<T>(
    act: string,
    kind: number,
    fn: unknown,
    items: Iterable<T>,
    options: MapOptions,
  ): MapPlan<T> {
    const numbered = this.#number(act, fn);
    checkItems(act, items);
    checkCallback(act, "onProgress", options.onProgress);
    const all = Array.isArray(items) ? items as T[] : [...items];
    return {
      fn: numbered,
      kind,
      items: all,
      chunkSize: options.chunkSize === undefined
        ? chunkSizeFor(all.length, this.size)
        : checkCount(act, "chunkSize", options.chunkSize),
      isDivisible: options.chunkSize === undefined,
      limits: limitsOf(act, options, this.#limits),
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

  #map<T, R>(
    plan: MapPlan<T>,
    { signal }: MapOptions,
    receiver: Receiver<R[]>,
  ): RunningMap<T, R> {
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
    return running;
  }

  #mapBlocking<T, R>(plan: MapPlan<T>, options: MapOptions): R[] {
    return this.#blocking((receiver: Receiver<R[]>) => {
      const running = this.#map<T, R>(plan, options, receiver);
      return () => running.orders;
    });
  }

  /** Begins a call and blocks this thread until it has ended. */
  #blocking<R>(begin: (receiver: Receiver<R>) => () => Iterable<Order>): R {
    let outcome: { readonly value: R } | { readonly reason: unknown } | undefined;
    const awaited = begin({
      resolve: (value) => outcome = { value },
      reject: (reason) => outcome = { reason },
    });
    this.#submitter.collectUntil(() => outcome !== undefined, awaited, Infinity, {});
    if ("reason" in outcome!) throw outcome.reason;
    return outcome!.value;
  }
}

function makeObject({ heap: { words }, holdings, owner }: Member, workers: number, {
  timeout,
  retries,
}: TaskLimits): WordIndex {
  const pool = holdings.create(POOL_KIND, POOL.size + workers * WORKER.size);
  words.store(pool + POOL.workers, workers);
  words.store(pool + POOL.maker, owner);
  words.store(pool + POOL.taskTimeout, timeout === Infinity ? -1 : Math.ceil(timeout));
  words.store(pool + POOL.retries, Math.min(retries, 2 ** 31 - 1));
  return pool;
}

function storedLimits({ heap: { words } }: Member, pool: WordIndex): TaskLimits {
  const timeout = words.load(pool + POOL.taskTimeout);
  return {
    timeout: timeout < 0 ? Infinity : timeout,
    retries: words.load(pool + POOL.retries),
  };
}

function planOf(act: string, options: PoolOptions): WorkerPlan {
  const { initializer, initArgs, maxTasksPerWorker, maxMemoryPerWorker } = options;
  const count = maxTasksPerWorker === undefined
    ? Infinity
    : checkCount(act, "maxTasksPerWorker", maxTasksPerWorker);
  return {
    initializer: initializer === undefined
      ? undefined
      : describeFunction(initializer, undefined, mainModule()),
    initArgs: checkArgs(act, "initArgs", initArgs ?? []),
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

function revive(at: WordIndex): Pool {
  received = at;
  try {
    return new Pool();
  } finally {
    received = 0;
  }
}

registerHandles<Pool>({
  kind: POOL_KIND,
  name: "Pool",
  module: import.meta.url,
  prototype: Pool.prototype,
  at: (pool) => objectOf(pool),
  make: revive,
});

inspectable(Pool.prototype, ["size", "pids"]);
