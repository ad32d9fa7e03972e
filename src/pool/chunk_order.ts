/** A chunk of items as an order. */
import type { NumberedFunction } from "./functions.ts";
import type { TaskLimits } from "./options.ts";
import { type ItemFailures, Order } from "./order.ts";

/** Who is told of a chunk. */
export interface ChunkReceiver {
  /** All values. */
  resolve(values: unknown, failures: ItemFailures | undefined): void;
  /** The values so far, and the items that are left, of a chunk that is divided. */
  share?(
    values: readonly unknown[],
    rest: readonly unknown[],
    failures: ItemFailures | undefined,
  ): void;
  /** Why there are no more, and the values before that; whether nothing was called, as an item could not be decoded. */
  reject(error: unknown, values: readonly unknown[], isUnread: boolean): void;
}

/** A chunk of items. */
export class ChunkOrder extends Order {
  readonly #receiver: ChunkReceiver;

  /** @param receiver Who is told. */
  constructor(fn: NumberedFunction, kind: number, limits: TaskLimits, receiver: ChunkReceiver) {
    super(fn, kind, limits);
    this.#receiver = receiver;
  }

  override resolve(values: unknown, failures?: ItemFailures): void {
    this.#receiver.resolve(values, failures);
  }

  override share(
    values: readonly unknown[],
    rest: readonly unknown[],
    failures: ItemFailures | undefined,
  ): void {
    this.#receiver.share!(values, rest, failures);
  }

  override reject(error: unknown, values: readonly unknown[], isUnread = false): void {
    this.#receiver.reject(error, values, isUnread);
  }
}
