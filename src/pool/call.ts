/** One call of a function as an order. */
import type { NumberedFunction } from "./functions.ts";
import type { TaskLimits } from "./options.ts";
import { Order } from "./order.ts";
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
