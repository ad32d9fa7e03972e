/**
 * The short lock: a word that guards others for some dozens of instructions at a time.
 *
 * | word | meaning | acquire | release |
 * | --- | --- | --- | --- |
 * | 0 FREE | nobody's | to owner; with CONTENDED by who has waited | - |
 * | owner | held | no; if that one is dead, it is *left*, and may be taken over | to FREE |
 * | owner CONTENDED | held, and a thread may sleep on the word | the same | to FREE, and wakes one |
 * | owner LEFT | left by that one, who has died, as a recovery has found | takes it over | - |
 *
 * It is held for some dozens of instructions, among them no code of the user's and no wait, so whoever
 * needs it waits on the spot. Who takes it over from the dead must repair what that one has left.
 *
 * A holder that is this process itself was thrown out of its work by an exception that no line of it can
 * cause, as when the stack is full: it has left the lock like one that was killed.
 */
import { NOBODY, OWNER_BITS, OWNER_MASK, type OwnerId } from "../memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { setMark } from "../parking/mark.ts";
import type { Waitable } from "../parking/waitable.ts";

/** What a short lock needs of the process that takes it. */
export interface ShortLockParty {
  /** The shared words. */
  readonly words: WordMemory;
  /** Its name in them. */
  readonly self: OwnerId;
  /** Whether an owner is alive: asks the machine. */
  isAlive(owner: OwnerId): boolean;
  /** Waits on this thread, without a deadline. */
  waitSync<T>(waitable: Waitable<T>): T;
  /** Wakes one thread that sleeps on a word. */
  wakeThread(at: WordIndex): void;
}

const FREE = 0;
const CONTENDED = 2 ** OWNER_BITS;
const LEFT = 2 ** (OWNER_BITS + 1);

/** How a wait for the lock has ended. */
export type Waited = "acquired" | "left";

/** A lock that is held for a moment. */
export class ShortLock {
  readonly #party: ShortLockParty;
  readonly #at: WordIndex;
  readonly #what: string;
  /** The holder that was found dead. */
  #dead: OwnerId = NOBODY;

  /**
   * @param party This process.
   * @param at The word.
   * @param what What it guards.
   */
  constructor(party: ShortLockParty, at: WordIndex, what: string) {
    this.#party = party;
    this.#at = at;
    this.#what = what;
  }

  /** Whether nobody holds it. */
  get isFree(): boolean {
    return this.#party.words.load(this.#at) === FREE;
  }

  /** Takes it, if nobody holds it. */
  tryAcquire(): boolean {
    return this.#party.words.compareExchange(this.#at, FREE, this.#party.self) === FREE;
  }

  /** Waits until it is taken, or until its holder is found dead. */
  acquire(): Waited {
    return this.tryAcquire() ? "acquired" : this.#party.waitSync(this.#acquisition());
  }

  /** Takes it from the dead one that was found; false if somebody else has done so. */
  takeOver(): boolean {
    const { words, self } = this.#party;
    const seen = words.load(this.#at);
    if ((seen & LEFT) === 0 && (seen === FREE || (seen & OWNER_MASK) !== this.#dead)) return false;
    return words.compareExchange(this.#at, seen, self | CONTENDED) === seen;
  }

  /** Somebody has died. Changing the word keeps those who are about to sleep on it from doing so. */
  bury(dead: OwnerId): void {
    const { words } = this.#party;
    for (;;) {
      const seen = words.load(this.#at);
      if ((seen & OWNER_MASK) !== dead || (seen & LEFT) !== 0) return;
      if (words.compareExchange(this.#at, seen, seen | LEFT) === seen) return;
    }
  }

  /** Gives it back. */
  release(): void {
    if ((this.#party.words.exchange(this.#at, FREE) & CONTENDED) !== 0) {
      this.#party.wakeThread(this.#at);
    }
  }

  #acquisition(): Waitable<Waited> {
    const { words, self } = this.#party;
    const at = this.#at;
    // Who has slept does not know who else does.
    let mark = 0;
    let asked: OwnerId = NOBODY;
    const ask = (holder: OwnerId): boolean => {
      asked = holder;
      if (!this.#party.isAlive(holder)) this.#dead = holder;
      return this.#dead === holder;
    };
    return {
      at,
      what: this.#what,
      attempt: () => {
        const seen = words.load(at);
        if (seen === FREE) {
          return words.compareExchange(at, FREE, self | mark) === FREE ? "acquired" : undefined;
        }
        const holder = seen & OWNER_MASK;
        if (holder === self) this.#dead = self;
        return (seen & LEFT) !== 0 || holder === this.#dead ? "left" : undefined;
      },
      announce: () => {
        const seen = words.load(at);
        if (seen === FREE || (seen & LEFT) !== 0) return undefined;
        // Asked before the first sleep, not only after it: a holder is quick, or dead.
        const holder = seen & OWNER_MASK;
        if (holder !== asked && ask(holder)) return undefined;
        const marked = setMark(words, at, seen, CONTENDED);
        if (marked !== undefined) mark = CONTENDED;
        return marked;
      },
      inspect: () => {
        const seen = words.load(at);
        if (seen !== FREE && (seen & LEFT) === 0) ask(seen & OWNER_MASK);
      },
    };
  }
}
