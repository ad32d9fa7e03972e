/**
 * The large pieces of a channel: memory that has carried a message, kept for the next.
 *
 * To get pages from the machine, to touch them for the first time and to give them back costs ten times as much as to
 * copy a message into them (`bench/queues.ts`).
 *
 * | a slot | the piece | meaning |
 * | --- | --- | --- |
 * | 0 | - | nothing is kept here |
 * | place | KEPT by the channel | whoever takes the name out of the slot takes the piece |
 * | - | KEPT, and no slot names it | its taker or keeper is at it, or has died over it |
 *
 * A piece is KEPT before a slot names it, and is taken out of the slot before it is somebody's. So a process that dies
 * in between leaves a piece that no slot names, never a slot that names the piece of another. A channel that saw
 * somebody die looks for such pieces when it ends.
 */
import { NO_PARCEL, type Pieces, type Place } from "../codec/parcel.ts";
import { insideOf } from "../memory/cells.ts";
import type { WordIndex } from "../memory/words.ts";
import { CHANNEL, PIECES } from "./layout.ts";
import type { Party } from "./party.ts";

/** How large a message is whose piece is kept, in bytes: smaller ones cost little, larger ones would keep too much. */
const SMALLEST = 2 ** 15;
const LARGEST = 9 * 2 ** 20;

/** Beyond how many bytes a piece is large. */
const LARGE = 2 ** 20;

/**
 * How many slots are for large pieces, too, while messages are on their way: a channel keeps 44 MiB at most.
 * A channel that was emptied keeps one of these, and the small ones: 16 MiB at most.
 */
const LARGE_SLOTS = 4;
const LARGE_SLOTS_AT_REST = 1;

/** The pieces of one channel, for one process. */
export class ChannelPieces implements Pieces {
  readonly #party: Party;
  readonly #slots: WordIndex;
  readonly #count: number;
  readonly #kept: number;
  readonly #keptIn: WordIndex;

  /**
   * @param party This process.
   * @param at Where the words of the channel begin.
   * @param count How many slots it has; for models.
   */
  constructor(party: Party, at: WordIndex, count: number = PIECES) {
    this.#count = count;
    this.#party = party;
    this.#slots = at + CHANNEL.pieces;
    // What lies inside the channel as a message has the number of its first words.
    this.#keptIn = at + 8;
    this.#kept = insideOf(this.#keptIn);
  }

  take(byteLength: number): Place {
    if (byteLength < SMALLEST || byteLength > LARGEST) return NO_PARCEL;
    const { store } = this.#party;
    const isFit = (place: Place) => fits(store.capacity(place), byteLength);
    for (let slot = 0; slot < this.#count; slot++) {
      const place = this.#takeOut(slot, isFit);
      if (place === NO_PARCEL) continue;
      // What it was before it was ours may have been another.
      if (isFit(place)) return place;
      store.free(place);
    }
    return NO_PARCEL;
  }

  /** Makes the piece of a slot this process's own, if it is wanted and nobody was faster. */
  #takeOut(slot: number, isWanted: (place: Place) => boolean): Place {
    const { words, store, self } = this.#party;
    const place = words.load(this.#slots + slot);
    if (place === NO_PARCEL || !isWanted(place)) return NO_PARCEL;
    if (words.compareExchange(this.#slots + slot, place, NO_PARCEL) !== place) return NO_PARCEL;
    return store.handOver(place, this.#kept, self) ? place : NO_PARCEL;
  }

  keep(place: Place): boolean {
    const { words, store, self } = this.#party;
    const capacity = store.capacity(place);
    if (capacity < SMALLEST || capacity > LARGEST || store.isTagged(place)) return false;
    const slots = Math.min(this.#count, capacity > LARGE ? LARGE_SLOTS : PIECES);
    let isKept = false;
    for (let slot = 0; slot < slots; slot++) {
      if (words.load(this.#slots + slot) !== NO_PARCEL) continue;
      isKept ||= store.handOver(place, self, this.#kept);
      if (words.compareExchange(this.#slots + slot, NO_PARCEL, place) === NO_PARCEL) return true;
    }
    if (isKept) store.handOver(place, this.#kept, self);
    return false;
  }

  /** Whether there is anything that {@linkcode ChannelPieces.trim} would give back. */
  get isFat(): boolean {
    const { guarded } = this.#party;
    const slots = Math.min(this.#count, LARGE_SLOTS);
    for (let slot = LARGE_SLOTS_AT_REST; slot < slots; slot++) {
      const place = guarded.get(this.#slots + slot);
      if (place !== NO_PARCEL && this.#isLarge(place)) return true;
    }
    return false;
  }

  /** The channel was emptied: gives most of its large pieces back. The small ones are dearer to make than to keep. */
  trim(): void {
    const { store } = this.#party;
    const slots = Math.min(this.#count, LARGE_SLOTS);
    for (let slot = LARGE_SLOTS_AT_REST; slot < slots; slot++) {
      const place = this.#takeOut(slot, (place) => this.#isLarge(place));
      if (place !== NO_PARCEL) store.free(place);
    }
  }

  #isLarge(place: Place): boolean {
    return this.#party.store.capacity(place) > LARGE;
  }

  /** Frees all; nobody uses the channel any more. Can be repeated by another if this one dies. */
  end(isHaunted: boolean): void {
    const { words, store, self } = this.#party;
    for (let slot = 0; slot < this.#count; slot++) {
      const place = words.exchange(this.#slots + slot, NO_PARCEL);
      if (place !== NO_PARCEL && store.handOver(place, this.#kept, self)) store.free(place);
    }
    if (!isHaunted) return;
    for (const place of [...store.inside(this.#keptIn)]) {
      if (store.handOver(place, this.#kept, self)) store.free(place);
    }
  }
}

/** Whether a piece is large enough, and not far too large. */
function fits(capacity: number, byteLength: number): boolean {
  return capacity >= byteLength && capacity <= 2 * byteLength + 2 ** 16;
}
