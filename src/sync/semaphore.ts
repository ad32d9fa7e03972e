/** The semaphores. */
import { shown } from "../parking/checks.ts";
import { registerHandles } from "../codec/handle.ts";
import { LockError } from "../errors.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import type { WaitOptions } from "../parking/waitable.ts";
import { adopt, claim } from "../parking/adopt.ts";
import { type Held, isHeldHere } from "./held.ts";
import { KIND } from "./kinds.ts";
import { Line } from "./line.ts";
import { disposedError, refuseWhileWaiting } from "./misuse.ts";
import type { Taken } from "./mutex.ts";
import { partyOf } from "./party.ts";
import { MOST_PERMITS, PERMITS, Permits } from "./permits.ts";
import { Rounds } from "./rounds.ts";
import { Waiting } from "./waiting.ts";
import { inspectable } from "../runtime/inspection.ts";

const WHAT = "the semaphore";

let objectOf: (semaphore: Semaphore) => WordIndex;
let giveBack: (semaphore: Semaphore, round: number) => void;

class Permit implements Held {
  readonly #semaphore: Semaphore;
  readonly #round: number;
  readonly abandoned: boolean;

  constructor(semaphore: Semaphore, round: number, abandoned: boolean) {
    this.#semaphore = semaphore;
    this.#round = round;
    this.abandoned = abandoned;
  }

  release(): void {
    giveBack(this.#semaphore, this.#round);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
isHeldHere(Permit.prototype);

/**
 * A number of permits: whoever acquires takes one, and waits if there is none; whoever releases gives one back.
 *
 * - Each process that has permits is known. If it dies, by whatever signal, its permits come back within a second,
 *   and who gets one of them is told: see {@linkcode Held.abandoned}.
 * - Any process may release, as in Python. That gives back a permit of its own, or, if it has none, one of another
 *   that has; if nobody has any there is one more than before.
 * - So it can count what is there, too: one process releases for each thing, others acquire without ever releasing. A
 *   permit that was acquired and neither given back nor released by another comes back when its process dies.
 * - It can be sent to other processes at any time.
 *
 * Who comes first need not get a permit first. But who has waited for 5 ms stands in line; of the permits that are
 * released, one every 5 ms is kept for the first in line, and the line goes around by processes. What runs on
 * one event loop is served in the order of coming. A process whose event loop does not turn for 5 ms
 * when a permit is kept for it loses its place.
 *
 * Modelled on Python's `multiprocessing.Semaphore`.
 *
 * @example Two at a time
 * ```ts
 * import { Process, Semaphore } from "@x/mp";
 *
 * export function fetchAll(desks: Semaphore, name: string) {
 *   using _held = desks.acquireSync();
 *   console.log(`${name} has a desk`);
 * }
 *
 * if (import.meta.main) {
 *   const desks = new Semaphore(2);
 *   const processes = ["Ada", "Bob", "Cyd"].map((name) =>
 *     new Process(fetchAll, { args: [desks, name] }).start()
 *   );
 *   for (const process of processes) await process.join();
 *   console.log(desks.value); // 2
 * }
 * ```
 */
export class Semaphore implements Disposable {
  readonly #member: Member;
  readonly #permits: Permits;
  readonly #waiting: Waiting;
  readonly #isBounded: boolean;
  #object: WordIndex;
  readonly #rounds: Rounds = new Rounds();

  static {
    objectOf = (semaphore) => {
      semaphore.#check("send");
      return semaphore.#object;
    };
    giveBack = (semaphore, round) => semaphore.#giveBack(round);
  }

  /**
   * Makes a semaphore.
   *
   * @param value How many permits there are at first.
   * @throws {RangeError} if that is not an integer from 0 to 2^30.
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor(value = 1) {
    if (!Number.isInteger(value) || value < 0 || value > MOST_PERMITS) {
      throw new RangeError(
        `Cannot make ${WHAT}: value must be an integer from 0 to 2^30, got ${shown(value)}`,
      );
    }
    this.#isBounded = this instanceof BoundedSemaphore;
    const kind = this.#isBounded ? KIND.boundedSemaphore : KIND.semaphore;
    const { member, at, isNew } = claim(kind, PERMITS.size, this);
    this.#member = member;
    this.#object = at;
    this.#permits = permitsAt(member, at);
    this.#waiting = new Waiting(member.parking, () => this.#permits.withdraw());
    if (isNew) this.#permits.begin(value);
  }

  /**
   * Acquires a permit; waits on the event loop.
   *
   * @param wait How long to wait.
   * @throws {TimeoutError} if none was to be had in time.
   * @throws The signal's reason, if that aborted the wait.
   */
  acquire(wait?: WaitOptions): Promise<Held> {
    if (wait === undefined && this.#object !== 0 && this.#waiting.pending === 0) {
      const taken = this.#permits.take(false);
      if (taken !== undefined) return Promise.resolve(this.#hold(taken));
    }
    return this.#acquireContended(wait);
  }

  /**
   * Acquires a permit; blocks this thread.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   * @throws {TimeoutError} if none was to be had in time.
   */
  acquireSync(wait?: WaitOptions): Held {
    this.#check("acquire");
    if (wait === undefined) {
      const taken = this.#permits.take(false);
      if (taken !== undefined) return this.#hold(taken);
    }
    return this.#hold(this.#waiting.sync(this.#permits.acquisition(WHAT), wait));
  }

  /** Acquires a permit, if there is one now. */
  tryAcquire(): Held | undefined {
    this.#check("acquire");
    const taken = this.#permits.take(false);
    if (taken !== undefined) return this.#hold(taken);
    // Whoever asks again and again shall hear of a holder's death.
    this.#member.parking.sweepIfDue();
    return undefined;
  }

  /**
   * Gives permits back: this process's, or, if it has none, another's; and if nobody has any, makes new ones.
   *
   * @param count How many.
   * @throws {RangeError} if `count` is not an integer of 1 or more.
   * @throws {LockError} if there would be more than 2^30; of a {@linkcode BoundedSemaphore}, more than at first.
   */
  release(count = 1): void {
    this.#check("release");
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(
        `Cannot release ${WHAT}: count must be an integer of 1 or more, got ${shown(count)}`,
      );
    }
    if (this.#permits.release(count, this.#isBounded ? "held" : "any") !== "released") {
      throw new LockError(
        this.#isBounded
          ? `Cannot release ${count} of ${WHAT}: it is bounded, and fewer are held`
          : `Cannot release ${count} of ${WHAT}: there can be no more than 2^30 permits`,
      );
    }
    this.#rounds.endLast(count);
  }

  /** How many permits can be acquired now. */
  get value(): number {
    this.#check("look at");
    return this.#permits.free;
  }

  /** Whether there is no permit now. */
  get locked(): boolean {
    return this.value === 0;
  }

  /** The ids of the processes that have permits. */
  get owners(): number[] {
    this.#check("look at");
    return this.#permits.holders().map((owner) => this.#member.table.pidOf(owner)).filter(Boolean);
  }

  /**
   * Gives this process's part in it back; others can go on using it. Later use in this process throws.
   *
   * Not necessary: the garbage collector does so, too. What this process has acquired stays acquired.
   *
   * @throws {LockError} if this process waits for it.
   */
  dispose(): void {
    if (this.#object === 0) return;
    refuseWhileWaiting(WHAT, this.#waiting.pending);
    this.#member.handles.drop(this.#object, this);
    this.#object = 0;
  }

  /** The same as {@linkcode Semaphore.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  async #acquireContended(wait: WaitOptions | undefined): Promise<Held> {
    this.#check("acquire");
    return this.#hold(await this.#waiting.async(this.#permits.acquisition(WHAT), wait));
  }

  #hold(taken: Taken): Held {
    const round = this.#rounds.begin();
    this.#rounds.keep(this.#permits.mine);
    return new Permit(this, round, taken === "abandoned");
  }

  #giveBack(round: number): void {
    if (!this.#rounds.end(round)) return;
    this.#check("release");
    if (this.#permits.release(1, "mine") === "released") return;
    throw new LockError(
      `Cannot release ${WHAT}: this process has no permit any more; another process released it`,
    );
  }

  #check(act: string): void {
    if (this.#object === 0) throw disposedError(act, WHAT);
  }
}

/**
 * A semaphore that never has more permits than at first: releasing more than is held throws. In all else it is
 * as {@linkcode Semaphore}.
 *
 * Modelled on Python's `multiprocessing.BoundedSemaphore`.
 *
 * @example A mistake that does not go unnoticed
 * ```ts
 * import { BoundedSemaphore, LockError } from "@x/mp";
 *
 * const desks = new BoundedSemaphore(2);
 * const held = desks.acquireSync();
 * held.release();
 * try {
 *   desks.release();
 * } catch (error) {
 *   console.log(error instanceof LockError, desks.value); // true 2
 * }
 * ```
 */
export class BoundedSemaphore extends Semaphore {}

function permitsAt(member: Member, at: WordIndex): Permits {
  const party = partyOf(member);
  return new Permits(party, at, new Line(party, at + PERMITS.line));
}

registerHandles({
  kind: KIND.semaphore,
  name: "Semaphore",
  prototype: Semaphore.prototype,
  at: (semaphore) => objectOf(semaphore),
  make: (at) => adopt(at, () => new Semaphore()),
  mourn: (self, at, dead) => permitsAt(self, at).bury(dead),
});

registerHandles({
  kind: KIND.boundedSemaphore,
  name: "BoundedSemaphore",
  prototype: BoundedSemaphore.prototype,
  at: (semaphore) => objectOf(semaphore),
  make: (at) => adopt(at, () => new BoundedSemaphore()),
  mourn: (self, at, dead) => permitsAt(self, at).bury(dead),
});

inspectable(Semaphore.prototype, ["value", "owners"]);
