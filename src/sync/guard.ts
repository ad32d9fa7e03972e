/**
 * The guard of a primitive whose state is more than one word: a short lock, whose next holder puts the words right
 * when one has died with it in its hand. Each primitive says which of its words are true at every instant, and
 * computes the others from those.
 */
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import { ShortLock, type ShortLockParty } from "./short_lock.ts";

/** The guard of one object. */
export class Guard {
  readonly #lock: ShortLock;
  readonly #repair: () => void;

  /**
   * @param party This process.
   * @param at The word.
   * @param what What it guards.
   * @param repair Puts right what a holder that died has left; may be done again.
   */
  constructor(party: ShortLockParty, at: WordIndex, what: string, repair: () => void) {
    this.#lock = new ShortLock(party, at, what);
    this.#repair = repair;
  }

  /** Whether nobody has it. */
  get isFree(): boolean {
    return this.#lock.isFree;
  }

  /** Takes it. */
  enter(): void {
    if (!this.#lock.tryAcquire()) this.#enterContended();
  }

  /** Gives it back. */
  leave(): void {
    this.#lock.release();
  }

  /** Somebody has died, who may have held it. Can be repeated. */
  bury(dead: OwnerId): void {
    this.#lock.bury(dead);
  }

  #enterContended(): void {
    while (this.#lock.acquire() === "left") {
      if (this.#lock.takeOver()) return this.#repair();
    }
  }
}
