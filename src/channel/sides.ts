/**
 * The two sides of a channel, each behind its lock, and what is done when a lock was left by the dead.
 *
 * Whoever takes a lock over holds both for a moment, and repairs. To come by the second without waiting in a
 * circle, the head is only ever waited for with the tail held, or with nothing held: who finds
 * that of the head left gets that of the tail first, and then takes it over.
 */
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import { ShortLock } from "../sync/short_lock.ts";
import { CHANNEL } from "./layout.ts";
import type { Party } from "./party.ts";
import { freeGarbage } from "./repair.ts";

/** The locks of one channel, for one process. */
export class Sides {
  readonly #party: Party;
  readonly #at: WordIndex;
  readonly #tail: ShortLock;
  readonly #head: ShortLock;

  /**
   * @param party This process.
   * @param at Where the words of the channel begin.
   */
  constructor(party: Party, at: WordIndex) {
    this.#party = party;
    this.#at = at;
    this.#tail = new ShortLock(party, at + CHANNEL.tailLock, "the tail of a channel");
    this.#head = new ShortLock(party, at + CHANNEL.headLock, "the head of a channel");
  }

  /** Takes the lock of those who put. */
  lockTail(): void {
    if (!this.#tail.tryAcquire()) this.#lockTailSlowly();
  }

  /** Gives the lock of those who put back. */
  unlockTail(): void {
    this.#tail.release();
  }

  /** Takes the lock of those who take. */
  lockHead(): void {
    if (!this.#head.tryAcquire()) this.#lockHeadSlowly();
  }

  /** Gives the lock of those who take back. */
  unlockHead(): void {
    this.#head.release();
  }

  /**
   * Takes the tail for good, as nobody uses the channel any more; false if somebody was killed in it.
   * The next one, should this one die over it, is told false.
   */
  seal(): boolean {
    return this.#head.isFree && this.#tail.tryAcquire();
  }

  /** Somebody has died. */
  bury(dead: OwnerId): void {
    this.#tail.bury(dead);
    this.#head.bury(dead);
  }

  #lockTailSlowly(): void {
    if (acquire(this.#tail) === "acquired") return;
    try {
      acquire(this.#head);
      this.#repair();
    } catch (error) {
      this.#tail.release();
      throw error;
    }
    this.#head.release();
  }

  #lockHeadSlowly(): void {
    while (this.#head.acquire() === "left") {
      this.lockTail();
      try {
        if (!this.#head.takeOver()) continue;
        return this.#repair();
      } finally {
        this.#tail.release();
      }
    }
  }

  #repair(): void {
    try {
      freeGarbage(this.#party, this.#at);
    } catch (error) {
      this.#head.release();
      throw error;
    }
  }
}

/** Takes a lock, over from the dead if need be; the caller may do so. */
function acquire(lock: ShortLock): "acquired" | "taken over" {
  while (lock.acquire() === "left") {
    if (lock.takeOver()) return "taken over";
  }
  return "acquired";
}
