/**
 * Segments: the memory that the records of a channel lie in, one after the other.
 *
 * A segment is written by putters from its first word on, and left by them for another with a record that is
 * a link. Its last word names its first. Takers follow the link and give the segment up: one is kept
 * as `spare` for the next, so that a channel whose takers keep up uses two small ones for ever.
 *
 * A segment belongs to the channel (`insideOf`) from before it is linked until it is freed.
 */
import { insideOf } from "../memory/cells.ts";
import type { WordIndex } from "../memory/words.ts";
import { CHANNEL } from "./layout.ts";
import type { Party } from "./party.ts";

/** How many words a segment has, from the first to those of a channel that holds much. */
export const SEGMENT_WORDS: readonly number[] = [1022, 4094, 16382];

/** The segments of one channel. */
export class Segments {
  readonly #party: Party;
  readonly #at: WordIndex;
  readonly #sizes: readonly number[];

  /**
   * @param party This process.
   * @param at Where the words of the channel begin.
   * @param sizes How many words segments have, in rising order.
   */
  constructor(party: Party, at: WordIndex, sizes: readonly number[] = SEGMENT_WORDS) {
    this.#party = party;
    this.#at = at;
    this.#sizes = sizes;
  }

  /**
   * The first segment of a channel.
   *
   * @throws {OutOfMemoryError} if there is no room.
   */
  first(): WordIndex {
    return this.#allocate(this.#sizes[0]);
  }

  /**
   * A segment to go on in; the tail is held.
   *
   * @param current The one that is full.
   * @param isBehind Whether takers are still reading before it.
   * @throws {OutOfMemoryError} if there is no room.
   */
  next(current: WordIndex, isBehind: boolean): WordIndex {
    const { words, store } = this.#party;
    const spare = words.exchange(this.#at + CHANNEL.spare, 0);
    if (spare !== 0) return spare;
    const length = store.length(current);
    const larger = isBehind ? this.#sizes.find((size) => size > length) : undefined;
    return this.#allocate(larger ?? length);
  }

  /** The last word of a segment. */
  endOf(segment: WordIndex): WordIndex {
    return segment + this.#party.store.length(segment) - 1;
  }

  /** A segment was read to its end; the head is held. */
  giveUp(segment: WordIndex): void {
    const { words, store } = this.#party;
    const other = words.exchange(this.#at + CHANNEL.spare, segment);
    if (other !== 0) store.free(other);
  }

  #allocate(length: number): WordIndex {
    const { guarded, store, self } = this.#party;
    const segment = store.allocate(length);
    guarded.set(segment + length - 1, segment);
    store.handOver(segment, self, insideOf(this.#at));
    return segment;
  }
}
