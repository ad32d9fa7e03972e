/** Taking messages out of a channel: at once, on this thread, or on the event loop. */
import { TimeoutError } from "../errors.ts";
import type { Member } from "../parking/member.ts";
import type { Readiness } from "../parking/readiness.ts";
import {
  type Deadline,
  deadlineOf,
  throwIfAborted,
  type Waitable,
  type WaitOptions,
} from "../parking/waitable.ts";
import type { Channel } from "./channel.ts";
import { openTaken } from "./message.ts";
import { Taken } from "./record.ts";
import { Spinner } from "../parking/spin.ts";
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

/** Why a message is not wanted, and stays where it is. */
export type Refuses = (taken: Taken) => Error | undefined;

/** One for all: it is empty again before anything else runs. */
const taken = new Taken();

/** Takes messages out of one channel for one process. */
export class Receiver {
  readonly #member: Member;
  readonly #channel: Channel;
  readonly #said: ReceiverWords;
  readonly #spinner: Spinner;
  #pending = 0;
  #ended: (() => Error) | undefined;

  /**
   * @param member This process.
   * @param channel Where from.
   * @param said How to speak of it.
   */
  constructor(member: Member, channel: Channel, said: ReceiverWords) {
    this.#member = member;
    this.#channel = channel;
    this.#said = said;
    this.#spinner = new Spinner(member.heap.platform);
  }

  /** How many takers wait on the event loop. */
  get pending(): number {
    return this.#pending;
  }

  /** Whether taking would not wait: something is there, or nothing will ever be. */
  get isReady(): boolean {
    const { load, isClosed } = this.#channel.frontier;
    return load > 0 || isClosed;
  }

  /** How it is waited for together with other things. */
  watch(): Readiness {
    const waitable = this.#readiness("loop");
    const until = (signal: AbortSignal) => this.#wait(waitable, Infinity, { signal });
    return { isReady: () => this.isReady, until, waitable };
  }

  /** Takes a message if there is one. */
  try(refuses?: Refuses): Got<unknown> {
    const outcome = this.#channel.take(taken, refuses);
    if (outcome === "taken") {
      const { isEmptied, pieces } = this.#channel;
      try {
        return { state: "item", value: openTaken(this.#member, taken, pieces) };
      } finally {
        // What was seen to be all may not be all any more.
        if (isEmptied && pieces.isFat && this.#channel.frontier.load === 0) pieces.trim();
      }
    }
    if (outcome === "empty") return EMPTY;
    if (outcome === "closed") return CLOSED;
    throw refuses!(taken);
  }

  /** Ends the pending waits with an error, which everyone gets who waits later; returns whether there were any. */
  endWaits(error: () => Error): boolean {
    this.#ended = error;
    return this.#pending > 0;
  }

  /** Waits on the event loop, by default not at all, until taking would not; false if the time was over. */
  async poll(wait?: WaitOptions): Promise<boolean> {
    throwIfAborted(wait);
    if (this.isReady) return true;
    if (wait === undefined) return false;
    try {
      return await this.#wait(this.#readiness("loop"), deadlineOf(wait), wait);
    } catch (error) {
      return falseIfLate(error);
    }
  }

  /** Blocks this thread, by default not at all, until taking would not; false if the time was over. */
  pollSync(wait?: WaitOptions): boolean {
    throwIfAborted(wait);
    if (this.isReady) return true;
    if (wait === undefined) return false;
    try {
      return this.#member.parking.waitSync(this.#readiness("thread"), deadlineOf(wait), wait);
    } catch (error) {
      return falseIfLate(error);
    }
  }

  /** Takes a message, and blocks this thread until there is one, or never will be. */
  sync(wait?: WaitOptions, refuses?: Refuses): Got<unknown> {
    throwIfAborted(wait);
    const deadline = deadlineOf(wait);
    const got = this.try(refuses);
    return got === EMPTY ? this.#syncLater(deadline, wait, refuses) : got;
  }

  #syncLater(deadline: Deadline, wait?: WaitOptions, refuses?: Refuses): Got<unknown> {
    const mayLook = deadline === Infinity;
    const got = mayLook ? this.#spin(refuses) : undefined;
    if (got !== undefined) return got;
    const attempt = () => this.#unlessEmpty(this.try(refuses));
    const waitable = arrival(this.#channel.frontier, attempt, this.#waiter("thread"));
    const late = this.#member.parking.waitSync(waitable, deadline, wait);
    if (mayLook) this.#spinner.slept();
    return late;
  }

  /**
   * Takes a message, and waits on the event loop until there is one, or never will be.
   *
   * @param settle What the promise resolves with, or rejects with by a throw.
   */
  async<R>(settle: (got: Got<unknown>) => R, wait?: WaitOptions, refuses?: Refuses): Promise<R> {
    const mayLook = wait === undefined && this.#pending === 0;
    if (mayLook) {
      try {
        const got = this.#unlessEmpty(this.try(refuses)) ?? this.#spin(refuses);
        if (got !== undefined) {
          const settled = settle(got);
          const turn = turnDue();
          return turn === undefined ? Promise.resolve(settled) : behind(turn, settled);
        }
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#later(mayLook, wait, refuses).then(settle);
  }

  /** The value of a message, taken by {@linkcode Receiver.sync}. */
  valueSync(wait?: WaitOptions, refuses?: Refuses): unknown {
    return this.#valueOf(this.sync(wait, refuses));
  }

  /** The value of a message, taken by {@linkcode Receiver.async}. */
  value(wait?: WaitOptions, refuses?: Refuses): Promise<unknown> {
    return this.async(this.#valueOf, wait, refuses);
  }

  // A function of its own: who makes a closure pays for it also when that is not needed.
  #spin(refuses: Refuses | undefined): Got<unknown> | undefined {
    return this.#spinner.spin(() => this.#unlessEmpty(this.try(refuses)));
  }

  async #later(
    hasLooked: boolean,
    wait: WaitOptions | undefined,
    refuses?: Refuses,
  ): Promise<Got<unknown>> {
    const attempt = this.#unlessEnded(() => this.#unlessEmpty(this.try(refuses)));
    const waitable = arrival(this.#channel.frontier, attempt, this.#waiter("loop"));
    const got = await this.#wait(waitable, deadlineOf(wait), wait);
    if (hasLooked) this.#spinner.slept();
    hasTurned();
    return got;
  }

  async #wait<T>(waitable: Waitable<T>, deadline: Deadline, wait?: WaitOptions): Promise<T> {
    this.#pending++;
    try {
      return await this.#member.parking.waitAsync(waitable, deadline, wait);
    } finally {
      this.#pending--;
    }
  }

  /** What {@linkcode Receiver.isReady} becoming true is to who waits for that and takes nothing. */
  #readiness(by: Waiter["by"]): Waitable<true> {
    const look = () => this.isReady || undefined;
    return arrival(this.#channel.frontier, this.#unlessEnded(look), this.#waiter(by));
  }

  #unlessEnded<T>(attempt: () => T): () => T {
    return () => {
      if (this.#ended !== undefined) throw this.#ended();
      return attempt();
    };
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

function behind<R>(turn: Promise<void>, settled: R): Promise<R> {
  return turn.then(() => settled);
}

function falseIfLate(error: unknown): false {
  if (error instanceof TimeoutError) return false;
  throw error;
}

/**
 * The messages of a channel as they come, until there will be no more.
 *
 * @param check Called before each; throws if they may not be taken.
 * @param refuses Why a message is not wanted.
 */
export function iterate<T>(
  receiver: Receiver,
  check: () => void,
  refuses?: Refuses,
): AsyncIterableIterator<T> {
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
        return receiver.async(settle, undefined, refuses);
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
