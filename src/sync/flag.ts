/**
 * The word of an event.
 *
 * | bits | meaning |
 * | --- | --- |
 * | 0 SET | the event is set |
 * | 1 SLEEPERS | somebody may sleep; set by who announces, cleared by who sets the event |
 * | 2–31 | how often it was set |
 *
 * Invariant: SLEEPERS stands only beside a cleared SET. A wait is over when the event is set, or was set since the
 * wait began: whoever waits when it is set gets through, also if it is cleared at once. (The count wraps after 2^30
 * times. A waiter looks at it every 100 ms, in which it cannot be set that often.)
 */
import type { WordIndex } from "../memory/words.ts";
import { setMark } from "../parking/mark.ts";
import type { Waitable } from "../parking/waitable.ts";
import { ALL, type Party } from "./party.ts";

const SET = 1;
const SLEEPERS = 2;
const ONCE = 4;

/** The event in one word. */
export class Flag {
  readonly #party: Party;
  readonly #at: WordIndex;

  /**
   * @param party This process.
   * @param at The word.
   */
  constructor(party: Party, at: WordIndex) {
    this.#party = party;
    this.#at = at;
  }

  /** Whether it is set. */
  get isSet(): boolean {
    return (this.#party.words.load(this.#at) & SET) !== 0;
  }

  /** How often it was set. */
  get times(): number {
    return this.#party.words.load(this.#at) >>> 2;
  }

  /** Sets it, and wakes all who wait. */
  set(): void {
    const { words } = this.#party;
    for (;;) {
      const seen = words.load(this.#at);
      if ((seen & SET) !== 0) return;
      const next = ((seen & ~SLEEPERS) + ONCE) | SET;
      if (words.compareExchange(this.#at, seen, next) !== seen) continue;
      if ((seen & SLEEPERS) !== 0) this.#party.wake(this.#at, ALL);
      return;
    }
  }

  /** Clears it. */
  clear(): void {
    this.#party.words.and(this.#at, ~SET);
  }

  /** What a waiter waits for that began when it had been set so many times. */
  occurrence(what: string, times: number): Waitable<true> {
    const { words } = this.#party;
    const isOver = (seen: number) => (seen & SET) !== 0 || seen >>> 2 !== times;
    return {
      at: this.#at,
      what,
      attempt: () => isOver(words.load(this.#at)) ? true : undefined,
      announce: () => {
        const seen = words.load(this.#at);
        return isOver(seen) ? undefined : setMark(words, this.#at, seen, SLEEPERS);
      },
    };
  }
}
