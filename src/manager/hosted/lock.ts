/** Locks and semaphores that a manager holds on behalf of others, which it may outlive. */
import { LockError } from "../../errors.ts";
import type { Held } from "../../sync/held.ts";
import { Lock } from "../../sync/lock.ts";
import { BoundedSemaphore, Semaphore } from "../../sync/semaphore.ts";
import type { Asker } from "./table.ts";

/** How long to wait, as far as that can be sent. */
export interface Patience {
  /** In ms. */
  readonly timeout?: number;
}

/** A lock, or a semaphore, and who holds it how often. */
export class HostedLock {
  /** What it is in shared memory. */
  readonly lock: Lock | Semaphore;
  readonly #isReentrant: boolean;
  readonly #held: Map<Asker, Held[]> = new Map();

  /**
   * @param lock What it is in shared memory.
   * @param isReentrant Whether who holds it gets it again at once.
   */
  constructor(lock: Lock | Semaphore = new Lock(), isReentrant = false) {
    this.lock = lock;
    this.#isReentrant = isReentrant;
  }

  /** Acquires it; says whether who held it before has died with it. */
  async acquire(asker: Asker, wait?: Patience): Promise<boolean> {
    const again = this.#again(asker);
    if (again !== undefined) return again;
    const signal = asker.ended;
    return this.#keep(asker, await this.lock.acquire({ timeout: wait?.timeout, signal }));
  }

  /** Acquires it if that is possible at once; says as `acquire` does, or `undefined`. */
  tryAcquire(asker: Asker): boolean | undefined {
    const again = this.#again(asker);
    if (again !== undefined) return again;
    const held = this.lock.tryAcquire();
    return held === undefined ? undefined : this.#keep(asker, held);
  }

  /** Releases what somebody holds. A semaphore gets a permit more if he holds none. */
  release(asker: Asker): void {
    const held = this.#held.get(asker)?.pop();
    if (held !== undefined) {
      return this.#isReentrant && this.isHeld(asker) ? undefined : held.release();
    }
    if (this.lock instanceof Semaphore) return this.lock.release();
    throw new LockError("Cannot release the lock: who asks does not hold it");
  }

  /** Whether somebody holds it; of a semaphore, whether all permits are taken. */
  locked(): boolean {
    return this.lock.locked;
  }

  /** How many permits are left. */
  value(): number {
    return this.lock instanceof Semaphore ? this.lock.value : Number(!this.lock.locked);
  }

  /** Whether somebody holds it. */
  isHeld(asker: Asker): boolean {
    return (this.#held.get(asker)?.length ?? 0) > 0;
  }

  /** Takes away what somebody holds, without releasing it; give it back with `resume`. */
  suspend(asker: Asker): Held[] {
    const held = this.#held.get(asker) ?? [];
    this.#held.delete(asker);
    return held;
  }

  /** Gives back what was taken away. */
  resume(asker: Asker, held: Held[]): void {
    this.#held.set(asker, held);
    if (asker.ended.aborted) this.#giveBack(asker);
  }

  /** Nobody has it any more. */
  end(): void {
    for (const asker of [...this.#held.keys()]) this.#giveBack(asker);
  }

  #again(asker: Asker): boolean | undefined {
    if (!this.#isReentrant || !this.isHeld(asker)) return undefined;
    const held = this.#held.get(asker)!;
    held.push(held[0]);
    return false;
  }

  #keep(asker: Asker, held: Held): boolean {
    const { abandoned } = held;
    let all = this.#held.get(asker);
    if (all === undefined) {
      this.#held.set(asker, all = []);
      asker.ended.addEventListener("abort", () => this.#giveBack(asker), { once: true });
    }
    all.push(held);
    if (asker.ended.aborted) this.#giveBack(asker);
    return abandoned;
  }

  /** Who has ended holds nothing. */
  #giveBack(asker: Asker): void {
    for (const held of new Set(this.suspend(asker))) held.release();
  }
}

/** A lock that who holds it can acquire again: each client of a manager is a holder. */
export class HostedRLock extends HostedLock {
  /** Makes one. */
  constructor() {
    super(new Lock(), true);
  }
}

/** A semaphore. */
export class HostedSemaphore extends HostedLock {
  /** @param value How many permits it has. */
  constructor(value?: number) {
    super(new Semaphore(value));
  }
}

/** A semaphore that is not released too often. */
export class HostedBoundedSemaphore extends HostedLock {
  /** @param value How many permits it has. */
  constructor(value?: number) {
    super(new BoundedSemaphore(value));
  }
}
