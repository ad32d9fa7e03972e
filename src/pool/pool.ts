/** A pool of worker processes. */
import { registerHandles } from "../codec/handle.ts";
import { ProcessError } from "../errors.ts";
import type { WordIndex } from "../memory/words.ts";
import { checkArgs, checkText } from "../parking/checks.ts";
import { type Member, member } from "../parking/member.ts";
import { assertMayStart } from "../process/guard.ts";
import { inspectable } from "../runtime/inspection.ts";
import "../tasks/fate.ts";
import { MAX_WORKERS, POOL, POOL_KIND } from "../tasks/layout.ts";
import { EACH, EACH_SPREAD } from "../tasks/task.ts";
import { AsyncResult, type Callbacks } from "./async_result.ts";
import { CallOrder, giveCall } from "./call.ts";
import { limitsIn, makeControlBlock } from "./control_block.ts";
import { cpuCount } from "./cpu_count.ts";
import { currentPost } from "./current.ts";
import { Functions, type NumberedFunction } from "./functions.ts";
import { imap, imapRules } from "./imap.ts";
import { Lifecycle } from "./lifecycle.ts";
import { type MapPlan, mapPlan, startMap } from "./map.ts";
import {
  type CallOptions,
  checkCount,
  type ImapOptions,
  limitsOf,
  type MapOptions,
  poolLimits,
  type PoolOptions,
  type TaskLimits,
} from "./options.ts";
import { giveResolve, isUnlimited, takeResolve } from "./plain_call.ts";
import { type Receiver, receiveSync } from "./receiver.ts";
import { type RemoteModule, remoteModule } from "./remote_module.ts";
import type { WorkerStats } from "./stats.ts";
import { callExport } from "./worker.ts";
import { planOf } from "./worker_plan.ts";

/** The pool that the next handle is of, if that does not make one. */
let received: WordIndex = 0;

const NO_OPTIONS: CallOptions = {};

/** The object of a pool, for messages. */
let objectOf: (pool: Pool) => WordIndex;

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
  readonly #size: number;
  readonly #limits: TaskLimits;
  readonly #functions: Functions;
  readonly #lifecycle: Lifecycle;

  static {
    objectOf = (pool) => {
      if (pool.#lifecycle.isEnding) throw pool.#lifecycle.closedError("send the pool");
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
      const isOwn = post?.pool === received;
      this.#member = member();
      this.#pool = received;
      this.#size = this.#member.heap.words.load(received + POOL.workers);
      this.#functions = isOwn ? post.functions : new Functions(this.#member, this.#pool);
      this.#limits = limitsIn(this.#member, this.#pool);
      const role = isOwn ? "worker" : "guest";
      this.#lifecycle = new Lifecycle(this.#member, this.#pool, role, this);
      return;
    }
    const act = "make a pool";
    const count = checkCount(act, "workers", workers, MAX_WORKERS);
    const plan = planOf(act, options as PoolOptions);
    assertMayStart(act);
    const name = checkText(act, "name", options.name ?? "PoolWorker");
    this.#limits = poolLimits(act, options as PoolOptions);
    this.#member = member();
    this.#size = count;
    this.#pool = makeControlBlock(this.#member, count, this.#limits);
    this.#member.handles.get(this.#pool, () => this);
    this.#functions = new Functions(this.#member, this.#pool);
    this.#lifecycle = new Lifecycle(this.#member, this.#pool, "maker", this);
    this.#lifecycle.start(count, name, plan);
  }

  /** How many workers the pool has. */
  get size(): number {
    return this.#size;
  }

  /** The process ids of the workers. */
  get pids(): readonly number[] {
    return this.#lifecycle.pids ?? this.stats().map(({ pid }) => pid);
  }

  /** What each worker has done so far; had done, once they have ended. */
  stats(): WorkerStats[] {
    return this.#lifecycle.stats();
  }

  /**
   * Calls a function in a worker.
   *
   * @param fn The function: exported, registered with `task()`, or in need of nothing but its arguments.
   * @param args Its arguments; they are copied now.
   * @param options How to stop it.
   * @returns What it returns, or what its promise resolves with. Rejects with `RemoteError` if it throws,
   * with `ProcessDiedError` if its worker dies, with `TimeoutError` if it runs too long, with
   * `SerializationError` if something cannot be sent, with `ClosedError` if the pool is closed.
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
    try {
      const numbered = this.#number("apply", fn);
      checkArgs("apply", "args", args);
      const limits = limitsOf("apply", options, this.#limits);
      if (options.signal === undefined && isUnlimited(limits)) {
        const promise = new Promise<Awaited<R>>(giveResolve);
        this.#lifecycle.submitter.call(numbered, args, takeResolve());
        return promise;
      }
      return new Promise<unknown>((resolve, reject) => {
        const order = new CallOrder(numbered, limits, resolve, reject);
        giveCall(this.#lifecycle.submitter, order, args, options.signal);
      }) as Promise<Awaited<R>>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Like {@linkcode Pool.apply}, but blocks this thread until the value is there.
   *
   * Inside a task of the pool the function must not be asynchronous: as long as the task blocks its thread, a promise
   * that was made there does not go on. Use `await pool.apply()`; that holds for the other `…Sync` forms, too.
   * What no other worker has begun by then, this thread runs itself: the timeout of the task that waits ends it, not one
   * of its own.
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
    const { submitter } = this.#lifecycle;
    return receiveSync(submitter, ({ resolve, reject }: Receiver<Awaited<R>>) => {
      const order = new CallOrder(numbered, limits, resolve as (value: unknown) => void, reject);
      giveCall(submitter, order, args, options.signal);
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
    return new AsyncResult(() => this.apply(fn, args, options), options);
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
    return new AsyncResult(() => this.map(fn, items, options), options);
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
    return new AsyncResult(() => this.starmap(fn, items, options), options);
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
    return remoteModule((name, args) => this.apply(callExport, [href, name, args]));
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
    this.#lifecycle.close();
  }

  /**
   * Kills the workers and rejects everything that has not settled; resolves when they have ended.
   *
   * @throws {ProcessError} as a rejection, in another process than the one that made the pool.
   */
  async terminate(): Promise<void> {
    await this.#lifecycle.terminate();
  }

  /**
   * Waits until the workers have ended.
   *
   * @throws {ProcessError} before {@linkcode Pool.close} or {@linkcode Pool.terminate}: they would never end. Also in
   * another process than the one that made the pool.
   */
  async join(): Promise<void> {
    await this.#lifecycle.join();
  }

  /** Closes and joins, in the process that made the pool; does nothing in others. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lifecycle.dispose();
  }

  #number(act: string, fn: unknown): NumberedFunction {
    this.#lifecycle.assertOpen(act);
    return this.#functions.numberOf(fn);
  }

  #imap<T, R>(
    act: string,
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options: ImapOptions,
    ordered: boolean,
  ): AsyncIterableIterator<Awaited<R>> {
    const lifecycle = this.#lifecycle;
    return imap<T, Awaited<R>>({
      fn: this.#number(act, fn),
      ordered,
      ...imapRules(act, items, options, this.size, this.#limits),
      submit(order, sent) {
        // It may have been closed since the loop began.
        lifecycle.assertOpenHere(act);
        lifecycle.submitter.submit(order, sent, "items");
      },
      withdraw: (order) => void lifecycle.submitter.withdraw(order),
    });
  }

  #plan<T>(
    act: string,
    kind: number,
    fn: unknown,
    items: Iterable<T>,
    options: MapOptions,
  ): MapPlan<T> {
    const numbered = this.#number(act, fn);
    const setting = { fn: numbered, kind, workers: this.size, limits: this.#limits };
    return mapPlan(act, setting, items, options);
  }

  #mapping<T, R>(
    act: string,
    kind: number,
    fn: unknown,
    items: Iterable<T>,
    options: MapOptions,
  ): Promise<Awaited<R>[]> {
    const plan = this.#plan(act, kind, fn, items, options);
    return new Promise((resolve, reject) => {
      startMap(this.#lifecycle.submitter, plan, options.signal, { resolve, reject });
    });
  }

  #mapBlocking<T, R>(plan: MapPlan<T>, { signal }: MapOptions): R[] {
    const { submitter } = this.#lifecycle;
    return receiveSync(submitter, (receiver: Receiver<R[]>) => {
      const running = startMap<T, R>(submitter, plan, signal, receiver);
      return () => running.orders;
    });
  }
}

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
