/** One call of a function as an order. */
import type { NumberedFunction } from "./functions.ts";
import type { TaskLimits } from "./options.ts";
import { Order } from "./order.ts";
import type { Submitter } from "./submitter.ts";
import { CALL } from "../tasks/task.ts";

/** A call; tells the two functions of a promise. */
export class CallOrder extends Order {
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (reason: unknown) => void;
  /** Undoes what waits for the signal of the call. */
  detach: (() => void) | undefined;

  /**
   * @param resolve Told the value.
   * @param reject Told why there is none.
   */
  constructor(
    fn: NumberedFunction,
    limits: TaskLimits,
    resolve: (value: unknown) => void,
    reject: (reason: unknown) => void,
  ) {
    super(fn, CALL, limits);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  override resolve(value: unknown): void {
    this.detach?.();
    this.#resolve(value);
  }

  override reject(error: unknown): void {
    this.detach?.();
    this.#reject(error);
  }
}

/**
 * Gives a call that a signal stops.
 *
 * @throws {SerializationError} if an argument cannot be sent. Also what the signal was aborted with.
 */
export function giveCall(
  submitter: Submitter,
  order: CallOrder,
  args: readonly unknown[],
  signal: AbortSignal | null | undefined,
): void {
  if (!signal) return submitter.submit(order, args, "args");
  signal.throwIfAborted();
  const abort = (): void => {
    submitter.withdraw(order);
    order.reject(signal.reason);
  };
  submitter.submit(order, args, "args");
  order.detach = () => signal.removeEventListener("abort", abort);
  signal.addEventListener("abort", abort, { once: true });
}
