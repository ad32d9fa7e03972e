/** Putting messages into a channel: at once, on this thread, or on the event loop. */
import type { Member } from "../parking/member.ts";
import {
  type Deadline,
  deadlineOf,
  throwIfAborted,
  type WaitOptions,
} from "../parking/waitable.ts";
import type { Channel, PutOutcome } from "./channel.ts";
import { dropDraft } from "./message.ts";
import type { Draft } from "./record.ts";
import { Spinner } from "../parking/spin.ts";
import { hasTurned, turnDue } from "./turn.ts";
import { room, type Waiter } from "./waits.ts";

/** How a sender speaks of what it does. */
export interface SenderWords {
  /** Whose channel it is: not collected while somebody waits. */
  readonly handle: object;
  /** What is waited for, as in `room in the queue`. */
  readonly room: string;
  /** The error when nothing can be put any more. */
  closed(): Error;
}

/** What putting at once resolves with: one promise for all, as to make one costs as much as to await it. */
const DONE: Promise<void> = Promise.resolve();

/** A message that waits on the event loop. */
interface Pending {
  readonly draft: Draft;
  isPut: boolean;
}

/**
 * Puts messages into one channel for one process. Every draft is dropped here.
 *
 * What this process puts goes in in the order of the calls: nothing overtakes messages that wait.
 */
export class Sender {
  readonly #member: Member;
  readonly #channel: Channel;
  readonly #said: SenderWords;
  readonly #spinner: Spinner;
  readonly #pending: Pending[] = [];
  #ended: (() => Error) | undefined;

  /**
   * @param member This process.
   * @param channel Where to.
   * @param said How to speak of it.
   */
  constructor(member: Member, channel: Channel, said: SenderWords) {
    this.#member = member;
    this.#channel = channel;
    this.#said = said;
    this.#spinner = new Spinner(member.heap.platform);
  }

  /** How many messages wait on the event loop. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Whether a message of this weight would have to wait, as far as can be told without trying. */
  isFull(weight: number): boolean {
    const { capacity, load } = this.#channel.frontier;
    return this.#pending.length > 0 || (capacity > 0 && load > 0 && load + weight > capacity);
  }

  /** Ends the pending waits with an error, which everyone gets who waits later; returns whether there were any. */
  endWaits(error: () => Error): boolean {
    this.#ended = error;
    return this.#pending.length > 0;
  }

  /** Puts a message if there is room. */
  try(draft: Draft): boolean {
    try {
      return this.#pending.length === 0 && this.#isPut(this.#channel.put(draft)) === true;
    } finally {
      dropDraft(this.#member, draft);
    }
  }

  /** Puts a message, and blocks this thread until there is room. */
  sync(draft: Draft, wait?: WaitOptions): void {
    try {
      throwIfAborted(wait);
      const deadline = deadlineOf(wait);
      if (!this.#putInTurn(draft)) this.#syncLater(draft, deadline, wait);
    } finally {
      dropDraft(this.#member, draft);
    }
  }

  #syncLater(draft: Draft, deadline: Deadline, wait?: WaitOptions): void {
    const attempt = () => this.#putInTurn(draft);
    const mayLook = deadline === Infinity;
    if (mayLook && this.#spinner.spin(attempt)) return;
    const { frontier } = this.#channel;
    const waitable = room(frontier, attempt, draft.weight, this.#waiter("thread"));
    this.#member.parking.waitSync(waitable, deadline, wait);
    if (mayLook) this.#spinner.slept();
  }

  /** Puts a message behind those that wait on the event loop. */
  #putInTurn(draft: Draft): true | undefined {
    return this.#servePending() ? this.#isPut(this.#channel.put(draft)) : undefined;
  }

  /** Puts a message, and waits on the event loop until there is room. */
  async(draft: Draft, wait?: WaitOptions): Promise<void> {
    if (wait === undefined && this.#pending.length === 0) {
      try {
        if (this.#isPut(this.#channel.put(draft))) {
          dropDraft(this.#member, draft);
          return turnDue() ?? DONE;
        }
      } catch (error) {
        dropDraft(this.#member, draft);
        return Promise.reject(error);
      }
    }
    return this.#later(draft, wait);
  }

  async #later(draft: Draft, wait: WaitOptions | undefined): Promise<void> {
    const pending: Pending = { draft, isPut: false };
    this.#pending.push(pending);
    try {
      const attempt = (): true | undefined => {
        if (pending.isPut) return true;
        if (this.#ended !== undefined) throw this.#ended();
        return this.#isPut(this.#channel.put(draft));
      };
      const { frontier } = this.#channel;
      const waitable = room(frontier, attempt, draft.weight, this.#waiter("loop"));
      await this.#member.parking.waitAsync(waitable, deadlineOf(wait), wait);
      hasTurned();
    } finally {
      this.#pending.splice(this.#pending.indexOf(pending), 1);
      dropDraft(this.#member, draft);
    }
  }

  /** Puts what waits on the event loop; false if some of it must go on waiting. */
  #servePending(): boolean {
    let served = false;
    for (const pending of this.#pending) {
      if (pending.isPut) continue;
      if (this.#channel.put(pending.draft) !== "put") return this.#channel.frontier.isClosed;
      served = pending.isPut = true;
    }
    if (served) this.#member.parking.wake(this.#channel.frontier.headWord, 1);
    return true;
  }

  #waiter(by: Waiter["by"]): Waiter {
    return { by, what: this.#said.room, keeps: this.#said.handle };
  }

  #isPut(outcome: PutOutcome): true | undefined {
    if (outcome === "closed") throw this.#said.closed();
    return outcome === "put" ? true : undefined;
  }
}
