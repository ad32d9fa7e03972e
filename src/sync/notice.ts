/**
 * The word that those sleep on who wait for something that other words say.
 *
 * | bits | meaning | changed by |
 * | --- | --- | --- |
 * | 0 SLEEPERS | somebody may sleep | set by who is about to, before it looks once more; cleared by who tells |
 * | 1–31 | how often somebody was told | + by who tells, and by who recovers a dead one |
 *
 * Who waits marks the word and then looks at what it waits for; who changes that looks at the word afterwards. So one
 * of the two sees the other, and between them the word changes, on which the kernel lets nobody fall asleep.
 */
import type { WordIndex } from "../memory/words.ts";
import { setMark } from "../parking/mark.ts";
import type { Party } from "./party.ts";

const SLEEPERS = 1;

/** Tells those who wait that what they wait for may have come. */
export class Notice {
  /** The word. */
  readonly at: WordIndex;
  readonly #party: Party;

  /**
   * @param party This process.
   * @param at The word.
   */
  constructor(party: Party, at: WordIndex) {
    this.#party = party;
    this.at = at;
  }

  /**
   * What a waitable says: sees to it that the next one who changes something tells.
   *
   * @param isThere Whether what is waited for has come.
   */
  announce(isThere: () => boolean): number | undefined {
    const { words } = this.#party;
    const marked = setMark(words, this.at, words.load(this.at), SLEEPERS);
    return marked === undefined || isThere() ? undefined : marked;
  }

  /** Whether somebody may sleep. */
  get isMarked(): boolean {
    return (this.#party.words.load(this.at) & SLEEPERS) !== 0;
  }

  /** Others may sleep still: the next one who changes something shall tell. */
  mark(): void {
    this.#party.words.or(this.at, SLEEPERS);
  }

  /** Takes the mark away; whether it was there: then those who sleep must be woken. */
  unmark(): boolean {
    const { words } = this.#party;
    for (;;) {
      const seen = words.load(this.at);
      if ((seen & SLEEPERS) === 0) return false;
      if (words.compareExchange(this.at, seen, (seen + 1) | 0) === seen) return true;
    }
  }

  /** Tells them: at most so many who sleep on their thread, and all event loops. */
  tell(count: number): void {
    if (this.unmark()) this.#party.wake(this.at, count);
  }

  /** Everybody is about to be woken: who is about to fall asleep does not. */
  stir(): void {
    const { words } = this.#party;
    for (;;) {
      const seen = words.load(this.at);
      const next = ((seen | SLEEPERS) + 1) | 0;
      if (words.compareExchange(this.at, seen, next) === seen) return;
    }
  }
}
