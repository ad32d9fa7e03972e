/** Who gets the end of a call: a promise, or a thread that waits for it. */
import type { Order } from "./order.ts";
import type { Submitter } from "./submitter.ts";

/** Who gets the end of a call; exactly one of these is called, once. */
export interface Receiver<R> {
  /** The value. */
  resolve(value: R): void;
  /** Why there is none. */
  reject(reason: unknown): void;
}

/**
 * Begins a call and blocks this thread until it has ended.
 *
 * @param begin Begins it; what it returns tells the orders that have not settled.
 */
export function receiveSync<R>(
  submitter: Submitter,
  begin: (receiver: Receiver<R>) => () => Iterable<Order>,
): R {
  let outcome: { readonly value: R } | { readonly reason: unknown } | undefined;
  const awaited = begin({
    resolve: (value) => outcome = { value },
    reject: (reason) => outcome = { reason },
  });
  submitter.collectUntil(() => outcome !== undefined, awaited, Infinity, {});
  if ("reason" in outcome!) throw outcome.reason;
  return outcome!.value;
}
