/** Results in: what is done is taken from the completion stack, and told to who waits for it. */
import { OutOfMemoryError, RemoteError, SerializationError } from "../errors.ts";
import type { Mishaps } from "./mishaps.ts";
import type { ItemFailures } from "./order.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { SUBMITTER, TASK } from "../tasks/layout.ts";
import { readResult } from "../tasks/payload.ts";
import { CALL, EVERY, RETURNED, SHARED, UNREAD, UNSENDABLE, workerOf } from "../tasks/task.ts";
import { announceSubmitter, takeCompletions } from "./completions.ts";
import type { Enrolment } from "./enrolment.ts";
import type { Pace } from "./pace.ts";
import type { Unsendable } from "./unsendable.ts";
import { pendingOf, type Unsettled } from "./unsettled.ts";

/** The results of one submitter. */
export class Results {
  readonly #member: Member;
  readonly #block: WordIndex;
  readonly #unsettled: Unsettled;
  readonly #pace: Pace;
  /** The first of those that were taken and are still to be settled; 0 or less if there is none. */
  #rest: WordIndex = 0;
  /** Whether somebody takes what is done as it comes, and perhaps sleeps until then. */
  isCollected = false;

  /**
   * @param enrolment Who submits.
   * @param unsettled What has not settled.
   * @param pace Told of each result.
   */
  constructor({ member, block }: Enrolment, unsettled: Unsettled, pace: Pace) {
    this.#member = member;
    this.#block = block;
    this.#unsettled = unsettled;
    this.#pace = pace;
  }

  /** The word that is slept on until something is done. */
  get at(): WordIndex {
    return this.#block + SUBMITTER.completions;
  }

  /** Says that the submitter sleeps; the value to sleep on, or `undefined` if something is done. */
  announce(): number | undefined {
    return announceSubmitter(this.#member.heap.words, this.#block);
  }

  /** Settles what is done; whether anything was. */
  take(): boolean {
    // Who is told of a result may wait for another on this thread, and so come here again.
    const hadRest = this.#rest > 0;
    this.#settleRest();
    const first = takeCompletions(this.#member.heap, this.#block);
    if (first === undefined) return hadRest;
    this.#rest = first;
    this.#settleRest();
    return true;
  }

  #settleRest(): void {
    const { plain } = this.#member.heap;
    while (this.#rest > 0) {
      const record = this.#rest;
      this.#rest = plain.get(record + TASK.next);
      this.#pace.count();
      this.settle(record);
    }
  }

  /** Settles a task that is done. */
  settle(record: WordIndex): void {
    const { words, plain } = this.#member.heap;
    const given = this.#unsettled.of(record);
    if (given === undefined) return this.#unsettled.retire(record);
    const outcome = plain.get(record + TASK.outcome);
    let value: unknown;
    try {
      value = readResult(this.#member, record);
    } catch (error) {
      this.#unsettled.retire(record);
      return pendingOf(given, 0).reject(
        new SerializationError("Cannot receive the result of a task", "result", { cause: error }),
        [],
      );
    }
    const worker = workerOf(words, record);
    const kind = plain.get(record + TASK.kind);
    this.#unsettled.retire(record);
    if (typeof given === "function" && outcome === RETURNED) return given(value);
    const order = pendingOf(given, 0);
    order.worker = worker;
    const pid = this.#member.table.pidOf(worker);
    if (outcome === RETURNED) {
      if ((kind & EVERY) === 0) return order.resolve(value);
      const [values, mishaps] = value as [unknown[], Mishaps?];
      return order.resolve(values, failuresOf(mishaps, pid));
    }
    if (outcome === SHARED) {
      const [values, rest, mishaps] = value as [unknown[], unknown[], Mishaps?];
      return order.share(values, rest, failuresOf(mishaps, pid));
    }
    const [values, why] = kind === CALL ? [[], value] : value as [unknown[], unknown];
    order.reject(errorOf(outcome, why, pid), values, outcome === UNREAD);
  }

  /** Wakes who takes what is done: it waits for what may have been settled without it. */
  rouse(): void {
    if (this.isCollected) this.#member.parking.wake(this.at, 1);
  }
}

function failuresOf(mishaps: Mishaps | undefined, pid: number): ItemFailures | undefined {
  if (mishaps === undefined) return undefined;
  const { places, index, outcome, why } = mishaps;
  return { places, first: { index, error: errorOf(outcome, why, pid) } };
}

function errorOf(outcome: number, why: unknown, pid: number): Error {
  return outcome === UNSENDABLE ? unsendable(why as Unsendable) : new RemoteError(why, { pid });
}

/** Why a worker could not write its result. */
function unsendable({ name, message, path }: Unsendable): Error {
  return name === "OutOfMemoryError"
    ? new OutOfMemoryError(message)
    : new SerializationError(message, path);
}
