/**
 * The guard of a primitive whose state is more than one word: who changes the words holds it, for some dozens
 * of instructions, among them no wait and no code of a user's. So whoever needs it waits on the spot.
 *
 * Who gets it after its holder has died puts the words right first: each primitive says which of its words are true,
 * and computes the others from those.
 */
import type { OwnerId } from "../memory/owner_id.ts";
import { OWNER_MASK } from "../memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { NO_LINE } from "./line.ts";
import { FREE, MUTEX, Mutex } from "./mutex.ts";
import type { Party } from "./party.ts";

/** How many words a guard has. */
export const GUARD_WORDS: number = MUTEX.size;

/** The guard of one object. */
export class Guard {
  readonly #party: Party;
  readonly #words: WordMemory;
  readonly #self: OwnerId;
  readonly #at: WordIndex;
  readonly #mutex: Mutex;
  readonly #repair: () => void;

  /**
   * @param party This process.
   * @param at Where its words begin.
   * @param repair Puts right what a holder that died has left; may be done again.
   */
  constructor(party: Party, at: WordIndex, repair: () => void) {
    this.#party = party;
    this.#words = party.words;
    this.#self = party.self;
    this.#at = at + MUTEX.word;
    this.#mutex = new Mutex(party, at, NO_LINE);
    this.#repair = repair;
  }

  /** Takes it. */
  enter(): void {
    if (this.#words.compareExchange(this.#at, FREE, this.#self) !== FREE) this.#enterContended();
  }

  /** Gives it back. */
  leave(): void {
    if (this.#words.compareExchange(this.#at, this.#self, FREE) !== this.#self) {
      this.#mutex.release(false);
    }
  }

  /** Somebody has died, who may have held it. Can be repeated. */
  bury(dead: OwnerId): void {
    this.#mutex.bury(dead);
  }

  #enterContended(): void {
    // This process was thrown out of its work by an exception that no line of it causes, as of a full stack:
    // it has left its words like one that was killed.
    const isLeft = (this.#words.load(this.#at) & OWNER_MASK) === this.#self;
    if (isLeft || this.#party.waitSync(this.#mutex.acquisition("a guard")) === "abandoned") {
      this.#repair();
    }
  }
}
