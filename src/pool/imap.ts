/** Lazy mapping: items are pulled as results are taken. */
import { RemoteError } from "../errors.ts";
import { ChunkOrder } from "./chunk_order.ts";
import { asyncChunksOf } from "./chunks.ts";
import type { NumberedFunction } from "./functions.ts";
import { atItem, unsendableItem } from "./item_errors.ts";
import {
  checkCallback,
  checkCount,
  checkItems,
  type ImapOptions,
  limitsOf,
  type TaskLimits,
} from "./options.ts";
import type { ItemFailure } from "./order.ts";
import { EACH, EVERY } from "../tasks/task.ts";

/** A chunk on its way. */
interface Flight<T, R> {
  /** Settles when the chunk has; never rejects. */
  readonly landed: Promise<void>;
  readonly items: readonly T[];
  /** Those before the one that failed, if one has. */
  readonly values: R[];
  /** With failFast off, those among them that are none. */
  failures: readonly ItemFailure[];
  /** The number of its first item. */
  readonly start: number;
  failure: { readonly error: unknown } | undefined;
  done: boolean;
  readonly order: ChunkOrder;
}

/** What {@linkcode imap} works with. */
export interface ImapPlan<T> {
  /** Sends a chunk; throws if that cannot be. */
  submit(order: ChunkOrder, items: readonly T[]): void;
  /** Takes back a chunk that no worker has begun. */
  withdraw(order: ChunkOrder): void;
  /** The items, in chunks. */
  readonly chunks: AsyncIterator<T[], void>;
  /** How many chunks may be on their way. */
  readonly ahead: number;
  /** Whether results come in the order of their items. */
  readonly ordered: boolean;
  /** Whether the first error ends it, or all other values come before that. */
  readonly failFast: boolean;
  /** Stops it. */
  readonly signal: AbortSignal | undefined;
  /** With which function. */
  readonly fn: NumberedFunction;
  /** What each task may take. */
  readonly limits: TaskLimits;
  /** Who is told how many are done. */
  readonly onProgress: ((done: number, total: undefined) => void) | undefined;
}

/** More than can be pulled. */
const MOST = 2 ** 31 - 1;

/** What options say of a lazy map. */
type ImapRules = "limits" | "chunks" | "ahead" | "failFast" | "signal" | "onProgress";

/**
 * What is to be mapped and how, checked.
 *
 * @param workers How many there are.
 * @param pool What the pool's tasks may take.
 */
export function imapRules<T>(
  act: string,
  items: Iterable<T> | AsyncIterable<T>,
  options: ImapOptions,
  workers: number,
  pool: TaskLimits,
): Pick<ImapPlan<T>, ImapRules> {
  const limits = limitsOf(act, options, pool);
  const { chunkSize = 1, onProgress } = options;
  const size = checkCount(act, "chunkSize", chunkSize);
  const buffer = options.bufferSize === undefined
    ? Math.min(2 * workers * size, MOST)
    : checkCount(act, "bufferSize", options.bufferSize);
  const chunk = Math.min(size, buffer);
  checkItems(act, items);
  checkCallback(act, "onProgress", onProgress);
  return {
    limits,
    chunks: asyncChunksOf(items, chunk),
    ahead: Math.floor(buffer / chunk),
    failFast: options.failFast ?? true,
    signal: options.signal,
    onProgress,
  };
}

/**
 * Maps lazily. Leaving the loop takes back what no worker has begun, and ends the iteration of the items.
 */
export async function* imap<T, R>(plan: ImapPlan<T>): AsyncGenerator<R, void> {
  const { chunks, ahead, ordered, failFast, signal } = plan;
  const flights: Flight<T, R>[] = [];
  let pulling: Promise<void> | undefined;
  let exhausted = false;
  let failure: { error: unknown } | undefined;
  let firstFailed: { error: unknown; index: number } | undefined;
  let launched = 0;
  let taken = 0;
  /** Whether values are left of a chunk that is being taken. */
  let isTaking = false;
  const note = (error: unknown, index: number): void => {
    if (firstFailed === undefined || index < firstFailed.index) firstFailed = { error, index };
  };
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => {});
  const abort = (): void => reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const pull = (): void => {
    if (pulling !== undefined || exhausted) return;
    if (flights.length + (isTaking ? 1 : 0) >= ahead) return;
    pulling = chunks.next().then(({ done, value }) => {
      if (done === true) exhausted = true;
      // Whoever has left meanwhile wants nothing more.
      else if (!exhausted) {
        flights.push(launch<T, R>(plan, value, launched));
        launched += value.length;
      }
    }).catch((error) => {
      exhausted = true;
      failure = { error };
    }).finally(() => {
      pulling = undefined;
      pull();
    });
  };
  try {
    for (;;) {
      signal?.throwIfAborted();
      pull();
      const index = ordered
        ? (flights[0]?.done ? 0 : -1)
        : flights.findIndex((flight) => flight.done);
      if (index >= 0) {
        const [flight] = flights.splice(index, 1);
        const { values, items, start } = flight;
        taken += values.length;
        if (values.length > 0) plan.onProgress?.(taken, undefined);
        for (const { index: place, error } of flight.failures) note(error, start + place);
        const failed = new Set(flight.failures.map((failure) => failure.index));
        for (const [i, value] of values.entries()) {
          isTaking = i < values.length - 1;
          pull();
          if (!failed.has(i)) yield value;
        }
        isTaking = false;
        pull();
        if (flight.failure === undefined) continue;
        const { error } = flight.failure;
        if (failFast) throw error;
        const isWhole = error instanceof RemoteError && items.length > 1;
        if (isWhole) {
          // It could not be begun: perhaps one of its items is why.
          const single = items.map((item, i) => launch<T, R>(plan, [item], start + i));
          flights.splice(index, 0, ...single);
          continue;
        }
        note(error, start + values.length);
        // Of a death nobody knows which item it was.
        const rest = unsendableItem(error) >= 0 ? items.slice(values.length + 1) : [];
        if (rest.length > 0) {
          flights.splice(index, 0, launch<T, R>(plan, rest, start + values.length + 1));
        }
        continue;
      }
      if (flights.length === 0 && pulling === undefined && exhausted) break;
      const news = (ordered ? flights.slice(0, 1) : flights).map((flight) => flight.landed);
      if (pulling !== undefined) news.push(pulling);
      await Promise.race(signal === undefined ? news : [...news, aborted]);
    }
    if (failure !== undefined) throw failure.error;
    if (firstFailed !== undefined) throw firstFailed.error;
  } finally {
    exhausted = true;
    signal?.removeEventListener("abort", abort);
    for (const flight of flights) plan.withdraw(flight.order);
    const stopped = Promise.resolve(chunks.return?.());
    // A source that is in the middle of an item may take for ever to give it.
    if (pulling === undefined) await stopped;
    else stopped.catch(() => {});
  }
}

/**
 * Sends a chunk.
 *
 * @param count How many of its items: those before one that cannot be sent.
 * @param failure Why that one cannot.
 */
function launch<T, R>(
  plan: ImapPlan<T>,
  items: readonly T[],
  start: number,
  count: number = items.length,
  failure?: { readonly error: unknown },
): Flight<T, R> {
  const { promise: landed, resolve: land } = Promise.withResolvers<void>();
  const values: R[] = [];
  const flight: Flight<T, R> = {
    landed,
    items,
    values,
    failures: [],
    start,
    failure,
    done: false,
    order: new ChunkOrder(plan.fn, plan.failFast ? EACH : EACH | EVERY, plan.limits, {
      resolve(value, failures) {
        for (const item of value as R[]) values.push(item);
        flight.failures = failures.map(({ index, error }) => {
          if (error instanceof RemoteError) error.index = start + index;
          return { index, error: atItem(error, start) };
        });
        flight.done = true;
        land();
      },
      reject(error, before) {
        for (const item of before as R[]) values.push(item);
        if (error instanceof RemoteError) error.index = start + before.length;
        flight.failure = { error };
        flight.done = true;
        land();
      },
    }),
  };
  try {
    const sent = count === items.length ? items : items.slice(0, count);
    plan.submit(flight.order, sent);
  } catch (error) {
    const unsendable = unsendableItem(error);
    const placed = atItem(error, start);
    // Nothing was sent. Those before it shall not be lost with it.
    if (unsendable > 0) return launch(plan, items, start, unsendable, { error: placed });
    flight.order.reject(placed, []);
  }
  return flight;
}
