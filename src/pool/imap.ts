/** Lazy mapping: items are pulled as results are taken. */
import { turnDue } from "../channel/turn.ts";
import type { ChunkOrder } from "./chunk_order.ts";
import { asyncChunksOf } from "./chunks.ts";
import { Fifo } from "./fifo.ts";
import { type Flight, type FlightPlan, launch } from "./flight.ts";
import { earlier, placed } from "./item_errors.ts";
import {
  checkCallback,
  checkCount,
  checkItems,
  type ImapOptions,
  limitsOf,
  type TaskLimits,
} from "./options.ts";
import type { ItemFailure } from "./order.ts";

/** What {@linkcode imap} works with. */
export interface ImapPlan<T> extends FlightPlan {
  /** Takes back a chunk that no worker has begun. */
  withdraw(order: ChunkOrder): void;
  /** The items, in chunks. */
  readonly chunks: AsyncIterator<T[], void>;
  /** Of how many at most. */
  readonly chunkSize: number;
  /** How many items may be pulled ahead of those that were taken; as many as a chunk has, or more. */
  readonly bufferSize: number;
  /** Whether results come in the order of their items. */
  readonly ordered: boolean;
  /** Stops it. */
  readonly signal: AbortSignal | undefined;
  /** Who is told how many are done. */
  readonly onProgress: ((done: number, total: undefined) => void) | undefined;
}

/** More than can be pulled. */
const MOST = 2 ** 31 - 1;

/** What options say of a lazy map. */
type ImapRules =
  | "limits"
  | "chunks"
  | "chunkSize"
  | "bufferSize"
  | "failFast"
  | "signal"
  | "onProgress";

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
  const bufferSize = options.bufferSize === undefined
    ? Math.min(2 * workers * size, MOST)
    : checkCount(act, "bufferSize", options.bufferSize);
  const chunk = Math.min(size, bufferSize);
  checkItems(act, items);
  checkCallback(act, "onProgress", onProgress);
  return {
    limits,
    chunks: asyncChunksOf(items, chunk),
    chunkSize: chunk,
    bufferSize,
    failFast: options.failFast ?? true,
    signal: options.signal,
    onProgress,
  };
}

/**
 * Maps lazily. Leaving the loop takes back what no worker has begun, and ends the iteration of the items.
 */
export async function* imap<T, R>(plan: ImapPlan<T>): AsyncGenerator<R, void> {
  const mapping = new LazyMapping<T, R>(plan);
  try {
    for (;;) {
      const flight = await mapping.landed();
      if (flight === undefined) return mapping.end();
      for (const value of mapping.take(flight)) {
        yield value;
        const turn = turnDue();
        if (turn !== undefined) await turn;
      }
    }
  } finally {
    await mapping.stop();
  }
}

/** What is pulled, on its way, and has failed. */
class LazyMapping<T, R> {
  readonly #plan: ImapPlan<T>;
  /** Those that are to be taken: in the order of their items, done or not; or else in that in which they are done. */
  readonly #next: Fifo<Flight<T, R>> = new Fifo();
  /** In the first case, what comes before them: the parts of one that was taken. */
  readonly #first: Flight<T, R>[] = [];
  /** Those that are not done. */
  readonly #flying: Set<Flight<T, R>> = new Set();
  #pulled = 0;
  /** How many of those were not taken, nor have failed. */
  #held = 0;
  #done = 0;
  #isPulling = false;
  /** Nothing more is pulled. */
  #isExhausted = false;
  #broken: { readonly error: unknown } | undefined;
  #failure: ItemFailure | undefined;
  #wake: (() => void) | undefined;
  readonly #notify = (): void => this.#wake?.();

  constructor(plan: ImapPlan<T>) {
    this.#plan = plan;
    plan.signal?.addEventListener("abort", this.#notify, { once: true });
  }

  /** The next flight that has landed; `undefined` if there will be none. */
  async landed(): Promise<Flight<T, R> | undefined> {
    const { signal } = this.#plan;
    for (;;) {
      signal?.throwIfAborted();
      this.#pull();
      const next = this.#first[0] ?? this.#next.first;
      if (next?.isDone) return this.#first.shift() ?? this.#next.shift();
      if (this.#isExhausted && !this.#isPulling && this.#flying.size === 0) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** The values of a flight that has landed; throws what ends the loop. */
  *take(flight: Flight<T, R>): Generator<R, void> {
    const { values, items, start, failures, failure, behind } = flight;
    const { failFast } = this.#plan;
    const isAgain = flight.isUnread && items.length > 1;
    const lost = isAgain ? 0 : items.length - values.length + (behind === undefined ? 0 : 1);
    this.#progress(failFast ? values.length : values.length + lost);
    if (failures !== undefined) this.#note(placed(failures.first, start));
    const failed = new Set(failures?.places);
    for (const [i, value] of values.entries()) {
      this.#release(1);
      if (!failed.has(i)) yield value;
    }
    // It is perhaps one of its items why the chunk as a whole could not be begun.
    if (isAgain) return this.#giveSingly(flight);
    if (failure !== undefined) {
      this.#note(placed({ index: values.length, error: failure.error }, start));
    }
    if (behind !== undefined) this.#note(behind);
    this.#release(lost);
  }

  #giveSingly({ items, start, behind }: Flight<T, R>): void {
    const flights = items.flatMap((item, i) => this.#launch([item], start + i));
    flights.at(-1)!.behind ??= behind;
    for (const flight of flights) this.#expect(flight, this.#first);
  }

  /** Throws what has failed, if anything has. */
  end(): void {
    if (this.#broken !== undefined && this.#failure !== undefined) {
      throw new AggregateError(
        [this.#failure.error, this.#broken.error],
        `Cannot map all items: item ${this.#failure.index} has failed, and later the items themselves`,
      );
    }
    if (this.#broken !== undefined) throw this.#broken.error;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Takes back what no worker has begun, and ends the iteration of the items. */
  async stop(): Promise<void> {
    const { signal, withdraw, chunks } = this.#plan;
    this.#isExhausted = true;
    signal?.removeEventListener("abort", this.#notify);
    for (const { order } of this.#flying) withdraw(order!);
    const stopped = Promise.resolve(chunks.return?.());
    // A source that is in the middle of an item may take for ever to give it.
    if (this.#isPulling) stopped.catch(() => {});
    else await stopped;
  }

  #release(count: number): void {
    this.#held -= count;
    this.#pull();
  }

  #pull(): void {
    const { chunkSize, bufferSize } = this.#plan;
    if (this.#isPulling || this.#isExhausted || this.#held + chunkSize > bufferSize) return;
    this.#isPulling = true;
    void this.#pullChunk();
  }

  async #pullChunk(): Promise<void> {
    try {
      // A source that has its items at once would give no other a turn until the buffer is full.
      await turnDue();
      const { done, value } = await this.#plan.chunks.next();
      if (done === true) this.#isExhausted = true;
      // Whoever has left meanwhile wants nothing more.
      else if (!this.#isExhausted) {
        for (const flight of this.#launch(value, this.#pulled)) this.#expect(flight, this.#next);
        this.#pulled += value.length;
        this.#held += value.length;
      }
    } catch (error) {
      this.#isExhausted = true;
      this.#broken = { error };
    }
    this.#isPulling = false;
    this.#pull();
    this.#notify();
  }

  #launch(items: readonly T[], start: number): Flight<T, R>[] {
    return launch<T, R>(this.#plan, items, start, this.#landed);
  }

  /** @param line Where it stands, if they come in the order of their items. */
  #expect(flight: Flight<T, R>, line: { push(flight: Flight<T, R>): void }): void {
    if (!flight.isDone) this.#flying.add(flight);
    if (this.#plan.ordered) line.push(flight);
    else if (flight.isDone) this.#next.push(flight);
  }

  readonly #landed = (flight: Flight<T, R>): void => {
    this.#flying.delete(flight);
    if (!this.#plan.ordered) this.#next.push(flight);
    this.#notify();
  };

  #note(failure: ItemFailure): void {
    if (this.#plan.failFast) throw failure.error;
    this.#failure = earlier(this.#failure, failure);
  }

  #progress(count: number): void {
    if (count === 0) return;
    this.#done += count;
    this.#plan.onProgress?.(this.#done, undefined);
  }
}
