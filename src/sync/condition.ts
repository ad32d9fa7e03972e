/** The condition. */
import { shown } from "../parking/checks.ts";
import { registerHandles } from "../codec/handle.ts";
import { LockError } from "../errors.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import {
  type Deadline,
  deadlineOf,
  throwIfAborted,
  type WaitOptions,
} from "../parking/waitable.ts";
import { adopt, claim } from "../parking/adopt.ts";
import { CREDITS, Credits } from "./credits.ts";
import type { Held } from "./held.ts";
import { KIND } from "./kinds.ts";
import { Lock, lockAt, suspendableLock } from "./lock.ts";
import { disposedError, refuseWhileWaiting } from "./misuse.ts";
import { partyOf } from "./party.ts";
import { RLock, rlockAt, suspendableRLock } from "./rlock.ts";
import type { Suspendable } from "./suspendable.ts";
import { Waiting } from "./waiting.ts";
import { inspectable } from "../runtime/inspection.ts";

/** `lock` is the lock's object, which this one carries like a message that never arrives; `mutex`, its words. */
const CONDITION = struct({ lock: 1, mutex: 1, credits: CREDITS.size });
const WHAT = "the condition";

let objectOf: (condition: Condition) => WordIndex;

/**
 * Lets those who hold a lock wait until another holder says that something has changed.
 *
 * - Waiting gives the lock back, however often it is held, and takes it again before it returns or throws.
 * - `notify(n)` wakes n waits, if there are so many; those that began before. More are woken only when a
 *   process has died that was notified and could not act on it: so look again at what you wait for, or use
 *   {@linkcode Condition.waitFor}, which does.
 * - Notifying never waits for those who wait. A waiter that is killed neither blocks anybody nor takes a
 *   notification along.
 * - It can be sent to other processes at any time, and its lock comes along.
 *
 * Between async functions of one process, use it over a {@linkcode Lock}: an RLock is held by all of them at once, and
 * the wait of one gives it back for all.
 *
 * Notifications go around by processes; inside a process they go to the wait that began first.
 *
 * Modelled on Python's `multiprocessing.Condition`.
 *
 * @example Wait until there is something in a shared array
 * ```ts
 * import { Condition, Process, sharedArray } from "@x/mp";
 *
 * export function produce(filled: Condition, items: Int32Array) {
 *   using _held = filled.acquireSync();
 *   items[0] = 42;
 *   filled.notify();
 * }
 *
 * if (import.meta.main) {
 *   const filled = new Condition();
 *   const items = sharedArray("i", 1);
 *   const process = new Process(produce, { args: [filled, items] }).start();
 *   {
 *     using _held = await filled.acquire();
 *     console.log(await filled.waitFor(() => items[0])); // 42
 *   }
 *   await process.join();
 * }
 * ```
 */
export class Condition implements Disposable {
  /** The lock that belongs to it. */
  readonly lock: Lock | RLock;
  readonly #member: Member;
  readonly #suspendable: Suspendable;
  readonly #credits: Credits;
  readonly #waiting: Waiting;
  #object: WordIndex;

  static {
    objectOf = (condition) => {
      condition.#check("send");
      return condition.#object;
    };
  }

  /**
   * Makes a condition.
   *
   * @param lock The lock that belongs to it; by default a new {@linkcode RLock}. Several can share one.
   * @throws {TypeError} if that is no lock.
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor(lock?: Lock | RLock) {
    if (lock !== undefined && !(lock instanceof Lock || lock instanceof RLock)) {
      throw new TypeError(
        `Cannot make ${WHAT}: lock must be a Lock or an RLock, got ${typeof lock}`,
      );
    }
    const { member, at, isNew } = claim(KIND.condition, CONDITION.size, this);
    this.lock = isNew ? lock ?? new RLock() : lockOf(member, at);
    this.#suspendable = this.lock instanceof Lock
      ? suspendableLock(this.lock)
      : suspendableRLock(this.lock);
    if (isNew) {
      member.holdings.takeOff(this.#suspendable.object);
      member.heap.words.store(at + CONDITION.mutex, this.#suspendable.mutex);
      member.heap.words.store(at + CONDITION.lock, this.#suspendable.object);
    }
    this.#member = member;
    this.#object = at;
    this.#credits = new Credits(
      partyOf(member),
      at + CONDITION.credits,
      this.#suspendable.mutex,
    );
    this.#waiting = new Waiting(member.parking);
  }

  /** Acquires the lock; see {@linkcode Lock.acquire}. */
  acquire(wait?: WaitOptions): Promise<Held> {
    return this.lock.acquire(wait);
  }

  /** Acquires the lock and blocks this thread meanwhile; see {@linkcode Lock.acquireSync}. */
  acquireSync(wait?: WaitOptions): Held {
    return this.lock.acquireSync(wait);
  }

  /** Acquires the lock, if that is possible at once. */
  tryAcquire(): Held | undefined {
    return this.lock.tryAcquire();
  }

  /**
   * Releases the lock.
   *
   * @throws {LockError} if nobody holds it, or another process holds an {@linkcode RLock}.
   */
  release(): void {
    this.lock.release();
  }

  /** Whether somebody holds the lock. */
  get locked(): boolean {
    return this.lock.locked;
  }

  /** The id of the process that holds the lock; `undefined` if none does. */
  get owner(): number | undefined {
    return this.lock.owner;
  }

  /**
   * Waits on the event loop until it is notified. Meanwhile others can have the lock.
   *
   * @param wait How long to wait for the notification; the lock is waited for as long as it takes.
   * @returns True.
   * @throws {LockError} if this process does not hold the lock.
   * @throws {TimeoutError} if the notification did not come in time; the lock is held again.
   * @throws The signal's reason, if that aborted the wait; the lock is held again, and a notification of the same
   * instant goes to another.
   */
  wait(wait?: WaitOptions): Promise<true> {
    return this.#wait(wait);
  }

  /**
   * Waits until it is notified, and blocks this thread. Meanwhile others can have the lock.
   *
   * @param wait How long to wait for the notification; its signal is looked at before.
   * @returns True.
   * @throws {LockError} if this process does not hold the lock.
   * @throws {TimeoutError} if the notification did not come in time; the lock is held again.
   */
  waitSync(wait?: WaitOptions): true {
    return this.#waitSync(wait);
  }

  /**
   * Waits on the event loop until something holds; looks when it begins and when it is notified.
   *
   * @param predicate What is to hold. It is called with the lock held, and what it promises is awaited so.
   * @param wait How long to wait in all.
   * @returns What the predicate returned at last, which counts as true.
   * @throws {LockError} if this process does not hold the lock.
   * @throws {TimeoutError} if it did not hold in time; the lock is held again.
   * @throws What the predicate throws; the lock is held.
   */
  async waitFor<T>(predicate: () => T, wait?: WaitOptions): Promise<Awaited<T>> {
    const deadline = deadlineOf(wait);
    this.#checkHeld("wait for");
    for (;;) {
      const value = await predicate();
      if (value) return value;
      await this.#wait(wait, deadline);
    }
  }

  /**
   * Waits until something holds, and blocks this thread; looks when it begins and when it is notified.
   *
   * @param predicate What is to hold; it is called with the lock held.
   * @param wait How long to wait in all; its signal is looked at before each wait.
   * @returns What the predicate returned at last, which counts as true.
   * @throws {LockError} if this process does not hold the lock.
   * @throws {TimeoutError} if it did not hold in time; the lock is held again.
   */
  waitForSync<T>(predicate: () => T, wait?: WaitOptions): T {
    const deadline = deadlineOf(wait);
    this.#checkHeld("wait for");
    for (;;) {
      const value = predicate();
      if (value) return value;
      this.#waitSync(wait, deadline);
    }
  }

  /**
   * Wakes some of those who wait; nothing happens if nobody does.
   *
   * @param count How many, at most.
   * @throws {LockError} if this process does not hold the lock.
   * @throws {RangeError} if `count` is not an integer of 0 or more.
   */
  notify(count = 1): void {
    if (!Number.isInteger(count) || count < 0) {
      throw new RangeError(
        `Cannot notify: count must be an integer of 0 or more, got ${shown(count)}`,
      );
    }
    this.#checkHeld("notify");
    this.#credits.notify(count);
  }

  /**
   * Wakes all who wait.
   *
   * @throws {LockError} if this process does not hold the lock.
   */
  notifyAll(): void {
    this.#checkHeld("notify");
    this.#credits.notifyAll();
  }

  /**
   * Gives this process's part in it back; others can go on using it. Later use in this process throws. Its lock is
   * not disposed of.
   *
   * Not necessary: the garbage collector does so, too.
   *
   * @throws {LockError} if this process waits for it.
   */
  dispose(): void {
    if (this.#object === 0) return;
    refuseWhileWaiting(WHAT, this.#credits.pending);
    this.#member.handles.drop(this.#object, this);
    this.#object = 0;
  }

  /** The same as {@linkcode Condition.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  async #wait(wait?: WaitOptions, deadline: Deadline = deadlineOf(wait)): Promise<true> {
    throwIfAborted(wait);
    this.#checkHeld("wait for");
    const { waitable, end } = this.#credits.begin(WHAT);
    const rounds = this.#suspendable.suspend();
    try {
      await this.#waiting.async(waitable, wait, deadline);
    } catch (error) {
      await this.#suspendable.resume(rounds);
      // What came in the instant of a timeout counts; an abort is one whatever came.
      if (end(wait?.signal?.aborted ?? false) === "gave up") throw error;
      return true;
    }
    await this.#suspendable.resume(rounds);
    end(false);
    return true;
  }

  #waitSync(wait?: WaitOptions, deadline: Deadline = deadlineOf(wait)): true {
    throwIfAborted(wait);
    this.#checkHeld("wait for");
    const { waitable, end } = this.#credits.begin(WHAT);
    const rounds = this.#suspendable.suspend();
    try {
      this.#waiting.sync(waitable, wait, deadline);
    } catch (error) {
      this.#suspendable.resumeSync(rounds);
      if (end(false) === "gave up") throw error;
      return true;
    }
    this.#suspendable.resumeSync(rounds);
    end(false);
    return true;
  }

  #checkHeld(act: string): void {
    this.#check(act);
    if (this.#suspendable.isHeld()) return;
    throw new LockError(`Cannot ${act} ${WHAT}: this process does not hold its lock`);
  }

  #check(act: string): void {
    if (this.#object === 0) throw disposedError(act, WHAT);
  }
}

function lockOf({ heap: { words }, holdings }: Member, at: WordIndex): Lock | RLock {
  const lock = words.load(at + CONDITION.lock);
  return holdings.kindOf(lock) === KIND.lock ? lockAt(lock) : rlockAt(lock);
}

registerHandles({
  kind: KIND.condition,
  name: "Condition",
  prototype: Condition.prototype,
  at: (condition) => objectOf(condition),
  make: (at) => adopt(at, () => new Condition()),
  end({ heap: { words }, holdings }, at) {
    const lock = words.exchange(at + CONDITION.lock, 0);
    if (lock !== 0) holdings.land(lock);
  },
  mourn(member, at, dead) {
    const { words } = member.heap;
    if (words.load(at + CONDITION.lock) === 0) return;
    const mutex = words.load(at + CONDITION.mutex);
    new Credits(partyOf(member), at + CONDITION.credits, mutex).bury(dead);
  },
});

inspectable(Condition.prototype, []);
