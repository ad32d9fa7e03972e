/** Calls with many items at once: chunks out, values back in order, the first error. */
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import { ChunkOrder } from "./chunk_order.ts";
import { chunkSizeFor, evenly } from "./chunks.ts";
import type { NumberedFunction } from "./functions.ts";
import { atItem, earlier, placed } from "./item_errors.ts";
import {
  checkCallback,
  checkCount,
  limitsOf,
  type MapOptions,
  type TaskLimits,
} from "./options.ts";
import type { ItemFailure, Order } from "./order.ts";
import type { Receiver } from "./receiver.ts";
import type { Submitter } from "./submitter.ts";
import { checkIterable } from "../parking/checks.ts";
import { DIVISIBLE, EVERY } from "../tasks/task.ts";

/** What is to be mapped. */
export interface MapPlan<T> {
  /** With which function. */
  readonly fn: NumberedFunction;
  /** `EACH` or `EACH_SPREAD` of `task.ts`. */
  readonly kind: number;
  /** What. */
  readonly items: readonly T[];
  /** In chunks of how many. */
  readonly chunkSize: number;
  /** Whether a chunk may be divided further, when workers have nothing to do. */
  readonly isDivisible: boolean;
  /** What each task may take. */
  readonly limits: TaskLimits;
  /** Whether the first error ends it. */
  readonly failFast: boolean;
  /** Who is told how many are done. */
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

/**
 * What is to be mapped, checked.
 *
 * @param setting With which function, and in which pool: how many workers it has, what its tasks may take.
 */
export function mapPlan<T>(
  act: string,
  setting: Pick<MapPlan<T>, "fn" | "kind" | "limits"> & { readonly workers: number },
  items: Iterable<T>,
  options: MapOptions,
): MapPlan<T> {
  checkIterable(act, "items", items);
  checkCallback(act, "onProgress", options.onProgress);
  const all = Array.isArray(items) ? items as T[] : [...items];
  return {
    fn: setting.fn,
    kind: setting.kind,
    items: all,
    chunkSize: options.chunkSize === undefined
      ? chunkSizeFor(all.length, setting.workers)
      : checkCount(act, "chunkSize", options.chunkSize),
    isDivisible: options.chunkSize === undefined,
    limits: limitsOf(act, options, setting.limits),
    failFast: options.failFast ?? true,
    onProgress: options.onProgress,
  };
}

/**
 * Starts a map that a signal stops.
 *
 * @throws {SerializationError} if an item cannot be sent; nothing is run. Also what the signal was aborted with.
 */
export function startMap<T, R>(
  submitter: Submitter,
  plan: MapPlan<T>,
  signal: AbortSignal | null | undefined,
  receiver: Receiver<R[]>,
): RunningMap<T, R> {
  signal?.throwIfAborted();
  const abort = (): void => running.stop(signal!.reason);
  const settled = (): void => signal?.removeEventListener("abort", abort);
  const running: RunningMap<T, R> = new RunningMap<T, R>(submitter, plan, {
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

/** A map that is running. */
export class RunningMap<T, R> {
  readonly #submitter: Submitter;
  readonly #plan: MapPlan<T>;
  readonly #receiver: Receiver<R[]>;
  readonly #values: R[];
  readonly #orders: Set<Order> = new Set();
  #done = 0;
  #settled = false;
  #failure: ItemFailure | undefined;

  /**
   * Gives all chunks to the submitter.
   *
   * @throws {SerializationError} if an item cannot be sent; nothing is run.
   */
  constructor(submitter: Submitter, plan: MapPlan<T>, receiver: Receiver<R[]>) {
    this.#submitter = submitter;
    this.#plan = plan;
    this.#receiver = receiver;
    const { items, chunkSize } = plan;
    this.#values = new Array(items.length);
    if (items.length === 0) this.#settle();
    for (let start = 0; start < items.length; start += chunkSize) {
      this.#submit(start, items.slice(start, start + chunkSize));
    }
  }

  /** Ends it: what no worker has begun is not run. */
  stop(reason: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    for (const order of this.#orders) this.#submitter.withdraw(order);
    this.#receiver.reject(reason);
  }

  /** What has not settled, the oldest first. */
  get orders(): Iterable<Order> {
    return this.#orders;
  }

  #submit(start: number, items: readonly T[], origin: OwnerId = NOBODY): void {
    const { fn, limits, isDivisible, failFast } = this.#plan;
    const kind = this.#plan.kind | (isDivisible ? DIVISIBLE : 0) | (failFast ? 0 : EVERY);
    const order = new ChunkOrder(fn, kind, limits, {
      resolve: (values, failures) => {
        this.#orders.delete(order);
        this.#note(start, failures?.first);
        this.#arrived(start, values as R[]);
      },
      share: (values, rest, failures) => {
        this.#orders.delete(order);
        this.#note(start, failures?.first);
        this.#share(start + values.length, rest as T[], order.worker);
        this.#arrived(start, values as R[]);
      },
      reject: (error, { length }, isUnread) => {
        this.#orders.delete(order);
        // It is perhaps one of its items why the chunk as a whole could not be begun.
        const isAgain = isUnread && items.length > 1 && !this.#settled;
        if (isAgain) this.#submitSingly(start, items);
        else this.#failed(start, items.length, { index: length, error });
      },
    });
    order.origin = origin;
    this.#orders.add(order);
    try {
      this.#submitter.submit(order, items, "items");
    } catch (error) {
      this.#settled = true;
      this.#orders.delete(order);
      for (const other of this.#orders) this.#submitter.withdraw(other);
      throw atItem(error, start);
    }
  }

  /** A worker has given back what is left of a chunk: a part for it, and one for each that has nothing to do. */
  #share(start: number, rest: readonly T[], worker: OwnerId): void {
    if (this.#settled) return;
    const cuts = evenly(0, rest.length, 1 + this.#submitter.idleWorkers);
    try {
      for (let i = 1; i < cuts.length; i++) {
        this.#submit(start + cuts[i - 1], rest.slice(cuts[i - 1], cuts[i]), worker);
      }
    } catch (error) {
      this.#receiver.reject(error);
    }
  }

  /** Of several errors, that of the first item is told. */
  #note(start: number, failure: ItemFailure | undefined): void {
    if (failure !== undefined) this.#failure = earlier(this.#failure, placed(failure, start));
  }

  #arrived(start: number, values: readonly R[]): void {
    if (this.#settled) return;
    for (let i = 0; i < values.length; i++) this.#values[start + i] = values[i];
    this.#progress(values.length);
    if (this.#orders.size === 0) this.#settle();
  }

  #failed(start: number, count: number, failure: ItemFailure): void {
    if (this.#settled) return;
    if (this.#plan.failFast) return this.stop(placed(failure, start).error);
    this.#note(start, failure);
    this.#progress(count);
    if (this.#orders.size === 0) this.#settle();
  }

  #submitSingly(start: number, items: readonly T[]): void {
    try {
      for (const [i, item] of items.entries()) this.#submit(start + i, [item]);
    } catch (error) {
      this.#receiver.reject(error);
    }
  }

  /** An error of the callback ends this call and nothing else. */
  #progress(count: number): void {
    this.#done += count;
    try {
      this.#plan.onProgress?.(this.#done, this.#values.length);
    } catch (error) {
      this.stop(error);
    }
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    if (this.#failure === undefined) this.#receiver.resolve(this.#values);
    else this.#receiver.reject(this.#failure.error);
  }
}
