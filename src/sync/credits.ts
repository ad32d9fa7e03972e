/**
 * The words of a condition: one for each slot.
 *
 * | bits | meaning | changed by |
 * | --- | --- | --- |
 * | 0–14 waits | how many waits of this process have not come back | this process, holding the lock |
 * | 15 STIRRED | flips when somebody has died: who is about to sleep on the word looks again | by who recovers |
 * | 16–30 credits | how many of them are notified | + by who notifies; - by this process, holding the lock |
 *
 * Laws
 * 1. Credits are never more than waits.
 * 2. A wait takes its credit away when it holds the lock again, not when it is woken. So when a process dies that
 *    was notified and could not act on it, the credit is still there; the recovery then notifies everybody.
 * 3. Credits go around by slots, one to each process at a time. Inside a process the oldest wait has the first.
 *
 * A wait is over, too, when a process has died holding the lock since it began: that one may have been notified
 * before, and those who wait look again and are told that the lock was abandoned.
 *
 * A wait that begins after a notification cannot take what was meant for those before it, except in its own
 * process, where law 3 keeps it from that.
 */
import { LockError } from "../errors.ts";
import { HEADER, OWNER_SLOTS } from "../memory/layout.ts";
import { OWNER_MASK, type OwnerId, slotOf } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Waitable } from "../parking/waitable.ts";
import { MUTEX } from "./mutex.ts";
import { ALL, type Party } from "./party.ts";

/** The words: `cursor` is the slot that was notified last; it is changed by who holds the lock. */
export const CREDITS = struct({ cursor: 1, slots: OWNER_SLOTS });

const WAIT = 1;
const MOST_WAITS = 2 ** 15 - 1;
const STIRRED = 2 ** 15;
const CREDIT_SHIFT = 16;
const CREDIT = 1 << CREDIT_SHIFT;

function waitsIn(word: number): number {
  return word & MOST_WAITS;
}

function creditsIn(word: number): number {
  return word >>> CREDIT_SHIFT;
}

/** Why a wait is over. */
export type Over = "notified" | "holder died";

/** A wait of this process. */
export interface Wait {
  /** What it waits for, when it has let the lock go. */
  readonly waitable: Waitable<Over>;
  /**
   * Ends it; the lock is held again.
   *
   * @param isAborted Whether it was aborted: then what it was notified of goes to another.
   */
  readonly end: (isAborted: boolean) => Ended;
}

/** How a wait came back. */
export type Ended = "notified" | "gave up";

/** Who waits for a condition, and who of them is notified. */
export class Credits {
  readonly #party: Party;
  readonly #at: WordIndex;
  readonly #lock: WordIndex;
  readonly #losses: WordIndex;
  readonly #mine: WordIndex;
  /** The waits of this process that were not woken, the oldest first; and how many were, and have no lock yet. */
  readonly #asleep: Wait[] = [];
  #woken = 0;
  /** The waits of this process that are over because a holder of the lock has died. */
  readonly #called: Set<Wait> = new Set();

  /**
   * @param party This process.
   * @param at Where the words begin.
   * @param lock Where the words of the lock begin.
   */
  constructor(party: Party, at: WordIndex, lock: WordIndex) {
    this.#party = party;
    this.#at = at;
    this.#lock = lock + MUTEX.word;
    this.#losses = lock + MUTEX.losses;
    this.#mine = this.#wordOf(slotOf(party.self));
  }

  /** Begins a wait; the lock is held, and is let go after this. */
  begin(what: string): Wait {
    const { words } = this.#party;
    const seen = words.load(this.#mine);
    // What a process before this one has left, whose recovery did not come by here.
    if (this.pending === 0 && (seen & ~STIRRED) !== 0) this.#clear(this.#mine);
    if (waitsIn(words.load(this.#mine)) === MOST_WAITS) {
      throw new LockError(
        `Cannot wait for ${what}: ${MOST_WAITS} waits of this process are pending`,
      );
    }
    words.add(this.#mine, WAIT);
    const losses = words.load(this.#losses);
    const isLost = () => words.load(this.#losses) !== losses;
    const wait: Wait = {
      waitable: {
        at: this.#mine,
        what,
        attempt: () => this.#wake(wait) ?? (isLost() ? this.#call(wait) : undefined),
        announce: () => {
          const seen = words.load(this.#mine);
          return this.#isNotified(wait, seen) || isLost() ? undefined : seen;
        },
      },
      end: (isAborted) => this.#end(wait, isAborted),
    };
    this.#asleep.push(wait);
    return wait;
  }

  #end(wait: Wait, isAborted: boolean): Ended {
    const { words } = this.#party;
    const isCalled = this.#called.delete(wait);
    const isWoken = !isCalled &&
      (this.#wake(wait) !== undefined || !this.#asleep.includes(wait));
    if (isWoken) this.#woken--;
    else if (!isCalled) this.#asleep.splice(this.#asleep.indexOf(wait), 1);
    const seen = words.load(this.#mine);
    const takesCredit = isWoken || creditsIn(seen) === waitsIn(seen);
    words.add(this.#mine, takesCredit ? -WAIT - CREDIT : -WAIT);
    if (takesCredit && isAborted) this.notify(1);
    return (isWoken || isCalled) && !isAborted ? "notified" : "gave up";
  }

  /** Notifies at most so many waits; the lock is held. */
  notify(count: number): void {
    const { words } = this.#party;
    const used = words.load(HEADER.ownersUsed);
    let slot = words.load(this.#at + CREDITS.cursor);
    for (let left = count, skipped = 0; left > 0 && skipped < used; slot++) {
      if (slot >= used) slot = 0;
      if (!this.#give(this.#wordOf(slot), 1)) {
        skipped++;
        continue;
      }
      skipped = 0;
      left--;
      words.store(this.#at + CREDITS.cursor, slot + 1);
    }
  }

  /** Notifies all waits. */
  notifyAll(): void {
    const used = this.#party.words.load(HEADER.ownersUsed);
    for (let slot = 0; slot < used; slot++) this.#give(this.#wordOf(slot), MOST_WAITS);
  }

  /** Passes on what a dead owner was notified of; everybody is woken after this. Can be repeated. */
  bury(dead: OwnerId): void {
    const { words } = this.#party;
    // If the lock was found abandoned before, whoever found it has counted that. Twice does no harm.
    if ((words.load(this.#lock) & OWNER_MASK) === dead) words.add(this.#losses, 1);
    this.#clear(this.#wordOf(slotOf(dead)));
    const used = words.load(HEADER.ownersUsed);
    for (let slot = 0; slot < used; slot++) this.#stir(this.#wordOf(slot));
  }

  /** Whether this process waits. */
  get pending(): number {
    return this.#asleep.length + this.#woken + this.#called.size;
  }

  /** First everybody is notified: who dies over it leaves the word to the next. */
  #clear(at: WordIndex): void {
    const { words } = this.#party;
    for (;;) {
      const seen = words.load(at);
      if (creditsIn(seen) > 0) {
        this.notifyAll();
        // This word, too, is full by now: nobody adds to it.
        words.store(at, 0);
      } else if (words.compareExchange(at, seen, 0) !== seen) continue;
      return;
    }
  }

  #stir(at: WordIndex): void {
    const { words } = this.#party;
    for (;;) {
      const seen = words.load(at);
      if (waitsIn(seen) === 0 || words.compareExchange(at, seen, seen ^ STIRRED) === seen) return;
    }
  }

  #wake(wait: Wait): Over | undefined {
    if (!this.#isNotified(wait, this.#party.words.load(this.#mine))) return undefined;
    this.#asleep.splice(this.#asleep.indexOf(wait), 1);
    this.#woken++;
    return "notified";
  }

  #call(wait: Wait): Over {
    this.#asleep.splice(this.#asleep.indexOf(wait), 1);
    this.#called.add(wait);
    return "holder died";
  }

  #isNotified(wait: Wait, word: number): boolean {
    const place = this.#asleep.indexOf(wait);
    return place >= 0 && creditsIn(word) - this.#woken > place;
  }

  /** Gives a process at most so many credits; false if it wants none. */
  #give(at: WordIndex, most: number): boolean {
    const { words } = this.#party;
    for (;;) {
      const seen = words.load(at);
      const missing = Math.min(most, waitsIn(seen) - creditsIn(seen));
      if (missing <= 0) return false;
      if (words.compareExchange(at, seen, seen + missing * CREDIT) !== seen) continue;
      this.#party.wake(at, ALL);
      return true;
    }
  }

  #wordOf(slot: number): WordIndex {
    return this.#at + CREDITS.slots + slot;
  }
}
