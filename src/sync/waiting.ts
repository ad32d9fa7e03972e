/** The waits of one handle. */
import type { Parking } from "../parking/parking.ts";
import {
  type Deadline,
  deadlineOf,
  throwIfAborted,
  type Waitable,
  type WaitOptions,
} from "../parking/waitable.ts";

/** Waits on behalf of one handle, and knows how many waits are pending. */
export class Waiting {
  readonly #parking: Parking;
  readonly #withdraw: () => void;
  #pending = 0;

  /**
   * @param parking Where this process waits.
   * @param withdraw Called when a wait was given up and no other is pending.
   */
  constructor(parking: Parking, withdraw: () => void = () => {}) {
    this.#parking = parking;
    this.#withdraw = withdraw;
  }

  /** How many waits are pending. */
  get pending(): number {
    return this.#pending;
  }

  /** Waits on the event loop. */
  async async<T>(
    waitable: Waitable<T>,
    wait?: WaitOptions,
    deadline: Deadline = deadlineOf(wait),
  ): Promise<T> {
    this.#pending++;
    try {
      const value = await this.#parking.waitAsync(waitable, deadline, wait);
      this.#pending--;
      return value;
    } catch (error) {
      this.#gaveUp();
      throw error;
    }
  }

  /** Waits on this thread; the signal is looked at before, as nothing can abort it meanwhile. */
  sync<T>(waitable: Waitable<T>, wait?: WaitOptions, deadline: Deadline = deadlineOf(wait)): T {
    throwIfAborted(wait);
    this.#pending++;
    try {
      const value = this.#parking.waitSync(waitable, deadline, wait);
      this.#pending--;
      return value;
    } catch (error) {
      this.#gaveUp();
      throw error;
    }
  }

  #gaveUp(): void {
    this.#pending--;
    if (this.#pending === 0) this.#withdraw();
  }
}
