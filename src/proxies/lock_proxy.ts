/** Locks, semaphores and conditions that a manager hosts for unrelated processes. */
import { refuseClass } from "../codec/write_builtin.ts";
import type { WaitOptions } from "../parking/waitable.ts";
import { Hosted, setProxyOf } from "./hosted.ts";
import { ask, type Async, operate, plain, type Sync, type Table } from "./operations.ts";
import { TYPE } from "./types.ts";

/** What is held of a lock that a manager hosts. */
export interface HeldProxy extends AsyncDisposable {
  /** Whether who held it before has died with it. */
  readonly abandoned: boolean;
  /** Gives it back; nothing happens the second time. */
  release(): Promise<void>;
}

/** What can be asked of a lock. */
export interface LockOperations {
  /**
   * Releases it.
   *
   * @throws {LockError} if this client does not hold it.
   */
  release(): void;
  /** Whether somebody holds it. */
  locked(): boolean;
}

/**
 * A lock that a manager hosts for processes that share no memory with it. Who holds it is a client: a connection, or a
 * process of the tree; when that ends, it is released.
 */
export interface LockProxy extends Async<LockOperations>, Sync<LockOperations>, Disposable {
  /**
   * Acquires it.
   *
   * @param wait How long to wait; a signal cannot be sent.
   * @throws {TimeoutError} if it was not to be had in time.
   */
  acquire(wait?: Pick<WaitOptions, "timeout">): Promise<HeldProxy>;
  /** Acquires it, if that is possible at once. */
  tryAcquire(): Promise<HeldProxy | undefined>;
  /** This process does not use it any more. */
  dispose(): void;
}

/** A semaphore that a manager hosts for processes that share no memory with it. */
export interface SemaphoreProxy extends LockProxy {
  /** How many permits are left. */
  value(): Promise<number>;
}

/** A condition that a manager hosts for processes that share no memory with it. Each client holds its lock by itself. */
export interface ConditionProxy extends LockProxy {
  /**
   * Gives the lock back, waits until it is notified, and has the lock again.
   *
   * @throws {LockError} if this client does not hold the lock.
   */
  wait(wait?: Pick<WaitOptions, "timeout">): Promise<true>;
  /** Waits until a predicate, which is asked in this process, holds; returns what it said. */
  waitFor<T>(predicate: () => T | Promise<T>): Promise<T>;
  /** Wakes so many waits; one by default. */
  notify(count?: number): Promise<void>;
  /** Wakes all waits. */
  notifyAll(): Promise<void>;
}

/** The operations of a lock as they are sent. */
export const LOCK: Table<LockOperations> = { release: { pack: plain }, locked: { pack: plain } };

/** Those of a semaphore. */
export const SEMAPHORE: Table<LockOperations & { value(): number }> = {
  ...LOCK,
  value: { pack: plain },
};

/** Those of a condition. */
export const CONDITION: Table<
  LockOperations & { notify(count?: number): void; notifyAll(): void }
> = { ...LOCK, notify: { pack: plain }, notifyAll: { pack: plain } };

class HeldOfManager implements HeldProxy {
  readonly abandoned: boolean;
  #lock: LockOfManager | undefined;

  constructor(lock: LockOfManager, abandoned: boolean) {
    this.#lock = lock;
    this.abandoned = abandoned;
  }

  async release(): Promise<void> {
    const lock = this.#lock;
    this.#lock = undefined;
    if (lock !== undefined) await ask(lock, "release", () => []);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
refuseClass(HeldOfManager.prototype, "HeldProxy", "it belongs to its process");

class LockOfManager extends Hosted {
  get [Symbol.toStringTag](): string {
    return "LockProxy";
  }

  async acquire(wait?: WaitOptions): Promise<HeldProxy> {
    return new HeldOfManager(this, await ask(this, "acquire", () => patience(wait)) as boolean);
  }

  async tryAcquire(): Promise<HeldProxy | undefined> {
    const abandoned = await ask(this, "tryAcquire", () => []) as boolean | undefined;
    return abandoned === undefined ? undefined : new HeldOfManager(this, abandoned);
  }
}

class SemaphoreOfManager extends LockOfManager {
  override get [Symbol.toStringTag](): string {
    return "SemaphoreProxy";
  }
}

class ConditionOfManager extends LockOfManager {
  override get [Symbol.toStringTag](): string {
    return "ConditionProxy";
  }

  wait(wait?: WaitOptions): Promise<unknown> {
    return ask(this, "wait", () => patience(wait));
  }

  async waitFor<T>(predicate: () => T | Promise<T>): Promise<T> {
    for (;;) {
      const said = await predicate();
      if (said) return said;
      await this.wait();
    }
  }
}

/** What of a wait can be sent. */
export function patience(wait: WaitOptions | undefined): readonly unknown[] {
  return wait?.timeout === undefined ? [] : [{ timeout: wait.timeout }];
}

operate(LockOfManager.prototype, LOCK);
operate(SemaphoreOfManager.prototype, SEMAPHORE);
operate(ConditionOfManager.prototype, CONDITION);
setProxyOf(TYPE.lock, () => new LockOfManager());
setProxyOf(TYPE.rlock, () => new LockOfManager());
setProxyOf(TYPE.semaphore, () => new SemaphoreOfManager());
setProxyOf(TYPE.boundedSemaphore, () => new SemaphoreOfManager());
setProxyOf(TYPE.condition, () => new ConditionOfManager());
