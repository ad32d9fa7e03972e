/**
 * The words of a lock for readers and writers, besides the mutex that writers take.
 *
 * | word | meaning | changed by |
 * | --- | --- | --- |
 * | `readers` | for each slot: how often this process has it for reading, or is trying to | this process |
 * | `writers` | a bit for each slot: this process has it for writing, or waits for that | this process |
 * | `gate` | see `notice.ts`: readers wait until no bit of `writers` is set | |
 * | `drain` | see `notice.ts`: a writer that has the mutex waits until nobody reads | |
 *
 * Who recovers a dead process clears what it has left.
 *
 * Laws
 * 1. A reader counts itself and then looks whether a writer has shown itself; a writer shows itself, takes the mutex,
 *    and then looks whether a reader has counted itself. So one of the two sees the other, and the reader steps back.
 * 2. A process that reads may read again whatever writers wait, if the one read is inside of the other: it would wait
 *    for itself. Which reads are, the words do not say; see `overlaps.ts`.
 * 3. A reader that has waited for long takes the mutex as writers do, counts itself with the mutex held, and lets it go:
 *    so it has its turn among the writers, and the next of them waits until it has read.
 */
import { HEADER, OWNER_SLOTS } from "../memory/layout.ts";
import { type OwnerId, slotOf } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import type { Waitable } from "../parking/waitable.ts";
import { Notice } from "./notice.ts";
import { ALL, type Party } from "./party.ts";

/** The words. */
export const READERS = struct({
  gate: 1,
  drain: 1,
  writers: OWNER_SLOTS / 32,
  readers: OWNER_SLOTS,
});

/** Who reads, and who wants to write. */
export class Readers {
  readonly #words: WordMemory;
  readonly #at: WordIndex;
  readonly #mine: WordIndex;
  readonly #myWord: WordIndex;
  readonly #myBit: number;
  readonly #gate: Notice;
  readonly #drain: Notice;

  /**
   * @param party This process.
   * @param at Where the words begin.
   */
  constructor(party: Party, at: WordIndex) {
    const slot = slotOf(party.self);
    this.#words = party.words;
    this.#at = at;
    this.#mine = this.#countOf(slot);
    this.#myWord = this.#bitsOf(slot);
    this.#myBit = bitOf(slot);
    this.#gate = new Notice(party, at + READERS.gate);
    this.#drain = new Notice(party, at + READERS.drain);
  }

  /** How often this process has it for reading. */
  get mine(): number {
    return this.#words.load(this.#mine);
  }

  /** How often it is held for reading. */
  get count(): number {
    const used = this.#words.load(HEADER.ownersUsed);
    let count = 0;
    for (let slot = 0; slot < used; slot++) count += this.#words.load(this.#countOf(slot));
    return count;
  }

  /**
   * Reads, if no writer is in the way.
   *
   * @param isInside Whether it is inside of another read of this process, if there is one.
   */
  enter(isInside: boolean): boolean {
    const isAgain = this.#words.add(this.#mine, 1) > 0;
    if ((isAgain && isInside) || !this.#isWanted()) return true;
    this.leave();
    return false;
  }

  /** Reads, when no writer can have it: with the mutex held, or while this process reads. */
  enterInTurn(): void {
    this.#words.add(this.#mine, 1);
  }

  /** Reads no more. */
  leave(): void {
    if (this.#words.add(this.#mine, -1) === 1) this.#drain.tell(ALL);
  }

  /** This process wants to write. */
  show(): void {
    this.#words.or(this.#myWord, this.#myBit);
  }

  /** This process does not want to write any more. */
  hide(): void {
    this.#words.and(this.#myWord, ~this.#myBit);
    this.#gate.tell(ALL);
  }

  /** Whether nobody reads; asked with the mutex held, it stays so. */
  get isDrained(): boolean {
    const used = this.#words.load(HEADER.ownersUsed);
    for (let slot = 0; slot < used; slot++) {
      if (this.#words.load(this.#countOf(slot)) !== 0) return false;
    }
    return true;
  }

  /**
   * What a reader waits for.
   *
   * @param isInside See {@linkcode Readers.enter}.
   */
  entrance(what: string, isInside: boolean): Waitable<true> {
    return {
      at: this.#gate.at,
      what,
      attempt: () => this.enter(isInside) ? true : undefined,
      announce: () => this.#gate.announce(() => (isInside && this.mine > 0) || !this.#isWanted()),
    };
  }

  /** What a writer waits for that has the mutex. */
  drainage(what: string): Waitable<true> {
    return {
      at: this.#drain.at,
      what,
      attempt: () => this.isDrained ? true : undefined,
      announce: () => this.#drain.announce(() => this.isDrained),
    };
  }

  /** Clears what a dead owner has left. Everybody is woken after this. Can be repeated. */
  bury(dead: OwnerId): void {
    const slot = slotOf(dead);
    this.#words.store(this.#countOf(slot), 0);
    this.#words.and(this.#bitsOf(slot), ~bitOf(slot));
    this.#gate.stir();
    this.#drain.stir();
  }

  /** Whether a process wants to write. */
  #isWanted(): boolean {
    const used = this.#words.load(HEADER.ownersUsed);
    for (let first = 0; first < used; first += 32) {
      if (this.#words.load(this.#bitsOf(first)) !== 0) return true;
    }
    return false;
  }

  #countOf(slot: number): WordIndex {
    return this.#at + READERS.readers + slot;
  }

  #bitsOf(slot: number): WordIndex {
    return this.#at + READERS.writers + (slot >>> 5);
  }
}

function bitOf(slot: number): number {
  return 1 << (slot & 31);
}
