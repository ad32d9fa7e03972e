/** A condition that a manager keeps for others. */
import { LockError } from "../../errors.ts";
import { Condition } from "../../sync/condition.ts";
import type { Lock } from "../../sync/lock.ts";
import { HostedLock, HostedRLock, type Patience } from "./lock.ts";
import type { Asker } from "./table.ts";

/** A condition and its lock, which each client of a manager holds by itself. */
export class HostedCondition {
  readonly #lock: HostedLock;
  readonly #condition: Condition;

  /** @param condition What it is in shared memory; its lock must be a `Lock`. */
  constructor(condition?: Condition) {
    this.#lock = condition === undefined
      ? new HostedRLock()
      : new HostedLock(condition.lock as Lock, true);
    this.#condition = condition ?? new Condition(this.#lock.lock as Lock);
  }

  /** Acquires its lock. */
  acquire(asker: Asker, wait?: Patience): Promise<boolean> {
    return this.#lock.acquire(asker, wait);
  }

  /** Acquires its lock if that is possible at once. */
  tryAcquire(asker: Asker): boolean | undefined {
    return this.#lock.tryAcquire(asker);
  }

  /** Releases its lock. */
  release(asker: Asker): void {
    this.#lock.release(asker);
  }

  /** Whether somebody holds its lock. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /** Gives the lock back until it is notified. */
  async wait(asker: Asker, wait?: Patience): Promise<true> {
    this.#check(asker, "wait for");
    const held = this.#lock.suspend(asker);
    try {
      return await this.#condition.wait({ timeout: wait?.timeout, signal: asker.ended });
    } finally {
      this.#lock.resume(asker, held);
    }
  }

  /** Wakes so many waits. */
  notify(asker: Asker, count = 1): void {
    this.#check(asker, "notify");
    this.#condition.notify(count);
  }

  /** Wakes all waits. */
  notifyAll(asker: Asker): void {
    this.#check(asker, "notify");
    this.#condition.notifyAll();
  }

  /** Nobody has it any more. */
  end(): void {
    this.#lock.end();
  }

  #check(asker: Asker, act: string): void {
    if (this.#lock.isHeld(asker)) return;
    throw new LockError(`Cannot ${act} the condition: who asks does not hold its lock`);
  }
}
