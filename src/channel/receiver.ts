/** Taking messages out of a channel: at once, on this thread, or on the event loop. */
import type { Member } from "../parking/member.ts";
import { deadlineOf, type WaitOptions } from "../parking/waitable.ts";
import type { Channel } from "./channel.ts";
import { openTaken } from "./message.ts";
import { Taken } from "./record.ts";
import { Spinner } from "./spin.ts";
import { hasTurned, turnDue } from "./turn.ts";
import { arrival, type Waiter } from "./waits.ts";

/** Something was there. */
export interface Item<T> {
  /** Tells it from the others. */
  readonly state: "item";
  /** What was there. */
  readonly value: T;
}

/** Nothing is there, or nothing will ever be there any more. */
export interface NoItem {
  /** Which of the two. */
  readonly state: "empty" | "closed";
}

/** What came of taking. */
export type Got<T> = Item<T> | NoItem;

const EMPTY: NoItem = Object.freeze({ state: "empty" });
const CLOSED: NoItem = Object.freeze({ state: "closed" });

/** How a receiver speaks of what it does. */
export interface ReceiverWords {
  /** Whose channel it is: not collected while somebody waits. */
  readonly handle: object;
  /** What is waited for, as in `an item in the queue`. */
  readonly item: string;
  /** The error when nothing will be there any more. */
  closed(): Error;
}

/** Whether a message is wanted; throws if it never will be. */
export type Accepts = (taken: Taken) => void;

/** One for all: it is empty again before anything else runs. */
const taken = new Taken();

/** Takes messages out of one channel for one process. */
export class Receiver {
  readonly #member: Member;
  readonly #channel: Channel;
  readonly #said: ReceiverWords;
  readonly #spinner: Spinner;
  #pending = 0;

  /**
   * @param member This process.
   * @param channel Where from.
   * @param said How to speak of it.
   */
  constructor(member: Member, channel: Channel, said: ReceiverWords) {
    this.#member = member;
    this.#channel = channel;
    this.#said = said;
    this.#spinner = new Spinner(member.heap.platform.processors());
  }

  /** How many takers wait on the event loop. */
  get pending(): number {
    return this.#pending;
  }

  /** Takes a message if there is one. */
  try(accepts?: Accepts): Got<unknown> {
    let refusal: { readonly error: unknown } | undefined;
    const outcome = this.#channel.take(
      taken,
      accepts && ((taken) => {
        try {
          accepts(taken);
          return true;
        } catch (error) {
          refusal = { error };
          return false;
        }
      }),
    );
    if (refusal !== undefined) throw refusal.error;
    if (outcome === "empty") return EMPTY;
    if (outcome === "closed") return CLOSED;
    return { state: "item", value: openTaken(this.#member, taken) };
  }

  /** Takes a message, and blocks this thread until there is one, or never will be. */
  sync(wait?: WaitOptions, accepts?: Accepts): Got<unknown> {
    wait?.signal?.throwIfAborted();
    const deadline = deadlineOf(wait);
    const attempt = () => this.#unlessEmpty(this.try(accepts));
    const got = deadline === Infinity ? attempt() ?? this.#spinner.spin(attempt) : attempt();
    if (got !== undefined) return got;
    const waitable = arrival(this.#channel.frontier, attempt, this.#waiter("thread"));
    return this.#member.parking.waitSync(waitable, deadline, wait);
  }

  /**
   * Takes a message, and waits on the event loop until there is one, or never will be.
   *
   * @param settle What the promise resolves with, or rejects with by a throw.
   */
  async<R>(settle: (got: Got<unknown>) => R, wait?: WaitOptions, accepts?: Accepts): Promise<R> {
    if (wait === undefined && this.#pending === 0) {
      try {
        const got = this.#soon(accepts);
        if (got !== undefined) {
          const settled = settle(got);
          return turnDue()?.then(() => settled) ?? Promise.resolve(settled);
        }
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#later(wait, accepts).then(settle);
  }

  /** The value of a message, taken by {@linkcode Receiver.sync}. */
  valueSync(wait?: WaitOptions, accepts?: Accepts): unknown {
    return this.#valueOf(this.sync(wait, accepts));
  }

  /** The value of a message, taken by {@linkcode Receiver.async}. */
  value(wait?: WaitOptions, accepts?: Accepts): Promise<unknown> {
    return this.async(this.#valueOf, wait, accepts);
  }

  #soon(accepts: Accepts | undefined): Got<unknown> | undefined {
    const attempt = () => this.#unlessEmpty(this.try(accepts));
    return attempt() ?? this.#spinner.spin(attempt);
  }

  async #later(wait: WaitOptions | undefined, accepts?: Accepts): Promise<Got<unknown>> {
    this.#pending++;
    try {
      const attempt = () => this.#unlessEmpty(this.try(accepts));
      const waitable = arrival(this.#channel.frontier, attempt, this.#waiter("loop"));
      const got = await this.#member.parking.waitAsync(waitable, deadlineOf(wait), wait);
      hasTurned();
      return got;
    } finally {
      this.#pending--;
    }
  }

  #waiter(by: Waiter["by"]): Waiter {
    return { by, what: this.#said.item, keeps: this.#said.handle };
  }

  #unlessEmpty(got: Got<unknown>): Got<unknown> | undefined {
    return got === EMPTY ? undefined : got;
  }

  readonly #valueOf = (got: Got<unknown>): unknown => {
    if (got.state === "item") return got.value;
    throw this.#said.closed();
  };
}

/**
 * The messages of a channel as they come, until there will be no more.
 *
 * @param check Called before each; throws if they may not be taken.
 */
export function iterate<T>(receiver: Receiver, check: () => void): AsyncIterableIterator<T> {
  let isDone = false;
  const settle = (got: Got<unknown>): IteratorResult<T, undefined> => {
    if (got.state === "item") return { done: false, value: got.value as T };
    isDone = true;
    return { done: true, value: undefined };
  };
  return {
    next() {
      try {
        if (isDone) return Promise.resolve({ done: true, value: undefined });
        check();
        return receiver.async(settle);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    return() {
      isDone = true;
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
