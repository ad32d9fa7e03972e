/** Who gets the end of a call: a promise, or a thread that waits for it. */
import { ProcessError } from "../errors.ts";
import type { Order } from "./order.ts";
import type { Submitter } from "./submitter.ts";

/** Who gets the end of a call; exactly one of these is called, once. */
export interface Receiver<R> {
  /** The value. */
  resolve(value: R): void;
  /** Why there is none. */
  reject(reason: unknown): void;
}

/** How many calls wait on this thread, one inside the other: a task that waits runs others meanwhile. */
let waiting = 0;

/** How many may wait before it is looked whether the stack has room for one more, which takes some 7 µs. */
const FEW_WAITING = 16;

/** As arguments, they take more of the stack (64 KiB) than all that is ours between two functions of users. */
let room: readonly number[] | undefined;

/**
 * Throws while there is still room for it: an overflow in the middle of a protocol would lose a task.
 *
 * @throws {ProcessError} if tasks that wait on this thread are nested too deep.
 */
function assertRoom(): void {
  if (waiting < FEW_WAITING) return;
  try {
    Reflect.apply(nothing, undefined, room ??= new Array<number>(8192).fill(0));
  } catch (cause) {
    throw new ProcessError(
      `Cannot wait for a task on this thread: ${waiting} wait on it already, one inside the other, and its stack has ` +
        "no room for another; inside a task, use await pool.apply() where recursion is deep",
      { cause },
    );
  }
}

function nothing(): void {}

/**
 * Begins a call and blocks this thread until it has ended.
 *
 * @param begin Begins it; what it returns tells the orders that have not settled.
 * @throws {ProcessError} if too many wait on this thread.
 */
export function receiveSync<R>(
  submitter: Submitter,
  begin: (receiver: Receiver<R>) => () => Iterable<Order>,
): R {
  assertRoom();
  let outcome: { readonly value: R } | { readonly reason: unknown } | undefined;
  waiting++;
  try {
    const awaited = begin({
      resolve: (value) => outcome = { value },
      reject: (reason) => outcome = { reason },
    });
    submitter.collectUntil(() => outcome !== undefined, awaited, Infinity, {});
  } finally {
    waiting--;
  }
  if ("reason" in outcome!) throw outcome.reason;
  return outcome!.value;
}
