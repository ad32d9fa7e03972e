/** A pool of worker processes. */
import { ClosedError, ProcessError } from "../errors.ts";
import { describeFunction } from "../functions/describe.ts";
import type { FunctionReference } from "../functions/reference.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import { currentPlatform } from "../platform/current.ts";
import { assertMayStart } from "../process/guard.ts";
import { mainModule } from "../process/current.ts";
import { asyncChunksOf, chunkSizeFor, chunksOf } from "./chunks.ts";
import { imap } from "./imap.ts";
import { MAX_WORKERS, PHASE, POOL, WORKER } from "./layout.ts";
import { checkCount, type ImapOptions, type MapOptions, type PoolOptions } from "./options.ts";
import { Staff } from "./staff.ts";
import { type Order, Submitter } from "./submitter.ts";
import { CALL, EACH } from "./task.ts";

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
export class Pool implements AsyncDisposable {
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
   * @throws {RangeError} if `workers` is not an integer from 1 to 512.
   * @throws {ProcessError} in a child that is still importing its module.
   */
  constructor(workers: number = cpuCount(), options: PoolOptions = {}) {
    checkCount("make a pool", "workers", workers, MAX_WORKERS);
    assertMayStart("make a pool");
    this.#member = member();
    const { heap: { words }, allocator, owner } = this.#member;
    const length = POOL.size + workers * WORKER.size;
    this.#pool = allocator.cells.allocate(length * 4);
    for (let i = 0; i < length; i++) words.store(this.#pool + i, 0);
    words.store(this.#pool + POOL.workers, workers);
    words.store(this.#pool + POOL.owner, owner);
    this.#staff = new Staff(this.#member, this.#pool, options.name ?? "PoolWorker", {
      died: (casualty) => this.#submitter.bury(casualty),
      hopeless: (error) => {
        this.#broken = new ProcessError(
          "Cannot use the pool: its workers die before they begin",
          { cause: error },
        );
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

  /**
   * Calls a function in a worker.
   *
   * @param fn The function: exported, registered with `task()`, or in need of nothing but its arguments.
   * @param args Its arguments; they are copied now.
   * @param options How to stop it.
   * @returns What it returns, or what its promise resolves with. Rejects with `RemoteError` if it throws,
   * with `ProcessDiedError` if its worker dies, with `SerializationError` if something cannot be sent.
   */
  apply<A extends readonly unknown[], R>(
    fn: (...args: A) => R,
    args: A = [] as unknown as A,
    options: Pick<MapOptions, "signal"> = {},
  ): Promise<Awaited<R>> {
    const reference = this.#describe("apply", fn);
    return this.#order({ fn: reference, kind: CALL, payload: args, root: "args" }, options.signal);
  }

  /**
   * Calls a function with each item, and waits for all.
   *
   * @param fn The function.
   * @param items The items; all are taken and copied now.
   * @param options How large chunks are, and how to stop it.
   * @returns The values in the order of the items. Rejects with the first error that comes.
   */
  async map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T>,
    options: MapOptions = {},
  ): Promise<Awaited<R>[]> {
    const reference = this.#describe("map", fn);
    const all = Array.isArray(items) ? items as T[] : [...items];
    const size = options.chunkSize === undefined
      ? chunkSizeFor(all.length, this.size)
      : checkCount("map", "chunkSize", options.chunkSize);
    const stop = new AbortController();
    const signal = options.signal === undefined
      ? stop.signal
      : AbortSignal.any([stop.signal, options.signal]);
    try {
      const parts: Promise<Awaited<R>[]>[] = [];
      for (const payload of chunksOf(all, size)) {
        const order = { fn: reference, kind: EACH, payload, root: "items" };
        const part = this.#order<Awaited<R>[]>(order, signal);
        part.catch(() => {});
        parts.push(part);
      }
      return (await Promise.all(parts)).flat(1) as Awaited<R>[];
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  }

  /**
   * Calls a function with each item, lazily and in order: pulls no more items than `bufferSize` ahead of
   * the results that were taken. Leaving the loop early stops the work.
   *
   * @param fn The function.
   * @param items The items, also without end, also asynchronous.
   * @param options How large chunks are, how far to pull ahead, and how to stop it.
   * @returns The values in the order of the items; an error comes in its item's place and ends it.
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
    const size = checkCount(act, "chunkSize", options.chunkSize ?? 1);
    const buffer = checkCount(act, "bufferSize", options.bufferSize ?? 2 * this.size * size);
    return imap<T, Awaited<R>>({
      submitter: this.#submitter,
      chunks: asyncChunksOf(items, size),
      ahead: Math.max(1, Math.floor(buffer / size)),
      ordered,
      signal: options.signal,
      order: (payload) => ({ fn: reference, kind: EACH, payload, root: "items" }),
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

  #order<R>(
    order: Pick<Order, "fn" | "kind" | "payload" | "root">,
    signal: AbortSignal | undefined,
  ): Promise<Awaited<R>> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = (): void => {
        this.#submitter.withdraw(whole);
        reject(signal!.reason);
      };
      const settled = (): void => signal?.removeEventListener("abort", abort);
      const whole: Order = {
        ...order,
        resolve(value) {
          settled();
          resolve(value as Awaited<R>);
        },
        reject(error) {
          settled();
          reject(error);
        },
      };
      this.#submitter.submit(whole);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
