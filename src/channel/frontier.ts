/**
 * The frontier of a channel: how far it was written and read, and who sleeps until that changes.
 *
 * Waiting follows `parking/README.md`. A put or a take that replaces a value with MARK wakes one thread and all
 * event loops, and takes MARK away. A thread that was woken so sets it again once it has got what it
 * waited for, and if there is more to be had wakes the next: between the wake and that moment there may
 * have been more puts than wakes.
 */
import type { WordIndex } from "../memory/words.ts";
import { CHANNEL } from "./layout.ts";
import { ALL, type Party } from "./party.ts";
import { CLOSED, distance, LARGEST_CAPACITY, MARK, type Position } from "./position.ts";

/** The frontier of one channel, for one process. */
export class Frontier {
  /** The word that changes when something is put. */
  readonly tailWord: WordIndex;
  /** The word that changes when something is taken. */
  readonly headWord: WordIndex;
  readonly #party: Party;
  readonly #capacity: number;

  /**
   * @param party This process.
   * @param at Where the words of the channel begin.
   */
  constructor(party: Party, at: WordIndex) {
    this.#party = party;
    this.tailWord = at + CHANNEL.tail;
    this.headWord = at + CHANNEL.head;
    this.#capacity = party.words.load(at + CHANNEL.capacity) || LARGEST_CAPACITY;
  }

  /** How much weight there may be; 0 for no bound. */
  get capacity(): number {
    return this.#capacity === LARGEST_CAPACITY ? 0 : this.#capacity;
  }

  /** How much weight there is: exact for one moment between the call and its return. */
  get load(): number {
    const { words } = this.#party;
    for (let tail = words.load(this.tailWord);;) {
      const load = distance(tail, words.load(this.headWord));
      const again = words.load(this.tailWord);
      if (distance(again, tail) === 0) return load;
      tail = again;
    }
  }

  /** The weight of all that was ever put, modulo 2^29. */
  get putWeight(): number {
    return this.#party.words.load(this.tailWord) >>> 3;
  }

  /** Whether nothing can be put any more. */
  get isClosed(): boolean {
    return (this.#party.words.load(this.tailWord) & CLOSED) !== 0;
  }

  /** Whether there is room for so much more. What is heavier than all is room for, has room alone. */
  fits(load: number, weight: number): boolean {
    return load + weight <= this.#capacity || load === 0;
  }

  /** A put has replaced this value. */
  wakeTakers(before: Position): void {
    if ((before & MARK) !== 0) this.#party.wake(this.tailWord, 1);
  }

  /** A take has replaced this value. */
  wakePutters(before: Position): void {
    if ((before & MARK) !== 0) this.#party.wake(this.headWord, 1);
  }

  /** Tells everybody who sleeps that nothing will be put any more; the tail says so already. */
  tellClosed(tailBefore: Position): void {
    const headBefore = this.#party.words.or(this.headWord, CLOSED);
    if ((tailBefore & MARK) !== 0) this.#party.wake(this.tailWord, ALL);
    if ((headBefore & MARK) !== 0) this.#party.wake(this.headWord, ALL);
  }

  /** Says that a taker sleeps: the value to sleep on, or `undefined` if there is something for it. */
  announceTaker(): number | undefined {
    const { words } = this.#party;
    const tail = words.load(this.tailWord);
    if ((tail & CLOSED) !== 0 || distance(tail, words.load(this.headWord)) > 0) return undefined;
    return this.#mark(this.tailWord, tail);
  }

  /** Says that a putter sleeps: the value to sleep on, or `undefined` if there is room for it. */
  announcePutter(weight: number): number | undefined {
    const { words } = this.#party;
    const head = words.load(this.headWord);
    const tail = words.load(this.tailWord);
    if ((tail & CLOSED) !== 0 || this.fits(distance(tail, head), weight)) return undefined;
    return this.#mark(this.headWord, head);
  }

  /** A thread has taken something after it had slept. */
  passTakersOn(): void {
    const tail = this.#party.words.or(this.tailWord, MARK);
    if (distance(tail, this.#party.words.load(this.headWord)) > 0) {
      this.#party.wake(this.tailWord, 1);
    }
  }

  /** A thread has put something after it had slept. */
  passPuttersOn(): void {
    const { words } = this.#party;
    const head = words.or(this.headWord, MARK);
    if (this.fits(distance(words.load(this.tailWord), head), 1)) {
      this.#party.wake(this.headWord, 1);
    }
  }

  #mark(at: WordIndex, seen: Position): number | undefined {
    const marked = seen | MARK;
    if (seen === marked) return marked;
    return this.#party.words.compareExchange(at, seen, marked) === seen ? marked : undefined;
  }
}
