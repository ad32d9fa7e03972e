/**
 * Recovery: what happens when a process has died.
 *
 * 1. One living process becomes the recoverer (a compare-exchange in the dead one's slot); if it dies
 *    too, the next begins again from here.
 * 2. The slot becomes DEAD: from here on nobody takes the dead one for alive.
 * 3. Every layer gives back what the dead one held. Each step can be repeated.
 * 4. Those whom the dead one was recovering are recovered: nobody else may have noticed that they are dead.
 *    So are the children that it had set slots aside for: what they would have found is theirs already.
 * 5. The slot passes to its next generation.
 * 6. Everybody who might have been waiting is woken: a process that died between changing a word and
 *    waking its sleepers has lost them, although no word says so.
 *
 * A recoverer that dies between 5 and 6 is a death like any other, and its own recovery wakes everybody.
 */
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import type { OwnerTable } from "./table.ts";

/** How often to try to become a recoverer. */
const MAX_TRIES = 1_000;

/** Gives back what a dead owner held; may be called again for the same one. */
export type RecoveryStep = (dead: OwnerId) => void;

/** Recovers the dead of a heap on behalf of one process. */
export class Recovery {
  readonly #table: OwnerTable;
  readonly #self: OwnerId;
  readonly #steps: RecoveryStep[] = [];
  readonly #begun: Set<OwnerId> = new Set();
  #wakeEveryone: () => void = () => {};

  /**
   * @param table The owner table.
   * @param self Who recovers.
   */
  constructor(table: OwnerTable, self: OwnerId) {
    this.#table = table;
    this.#self = self;
  }

  /** Adds what a layer has to give back. */
  addStep(step: RecoveryStep): void {
    this.#steps.push(step);
  }

  /** Says how everybody is woken. */
  setWakeEveryone(wakeEveryone: () => void): void {
    this.#wakeEveryone = wakeEveryone;
  }

  /**
   * Recovers an owner that is known to be dead; returns whether this call did it.
   *
   * @throws What a step throws. The other steps are done, and everybody is woken; this process can try again.
   */
  recover(dead: OwnerId): boolean {
    if (dead === NOBODY || dead === this.#self || this.#begun.has(dead)) return false;
    if (!this.#table.beginRecovery(dead, this.#self)) return false;
    this.#begun.add(dead);
    const failures: unknown[] = [];
    for (const step of this.#steps) attempt(() => step(dead), failures);
    for (const other of this.#table.leftBy(dead)) attempt(() => this.recover(other), failures);
    for (const child of this.#table.reservedBy(dead)) attempt(() => this.inspect(child), failures);
    this.#begun.delete(dead);
    if (failures.length === 0) this.#table.endRecovery(dead, this.#self);
    this.#wakeEveryone();
    if (failures.length > 0) throw failures[0];
    return true;
  }

  /**
   * Recovers an owner that is known to be dead, and for whose death nobody else may be told: tries again
   * while another stands in the way for a moment. What it leaves, the next sweep finds.
   */
  recoverSurely(dead: OwnerId): void {
    for (let tries = 0; tries < MAX_TRIES && this.#table.isUnrecovered(dead); tries++) {
      this.recover(dead);
    }
  }

  /** Looks whether an owner is dead, and recovers it if so; returns whether it is alive. */
  inspect(owner: OwnerId): boolean {
    if (this.#table.isAlive(owner)) return true;
    this.recover(owner);
    return false;
  }

  /**
   * Looks at everybody.
   *
   * @throws What the recovery of one has thrown, after all have been looked at.
   */
  sweep(): void {
    const failures: unknown[] = [];
    for (const owner of this.#table.owners()) {
      if (owner !== this.#self) attempt(() => this.inspect(owner), failures);
    }
    if (failures.length > 0) throw failures[0];
  }
}

function attempt(act: () => void, failures: unknown[]): void {
  try {
    act();
  } catch (error) {
    failures.push(error);
  }
}
