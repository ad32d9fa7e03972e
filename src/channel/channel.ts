/**
 * A channel: messages in the order in which they were put, from any number of processes to any number.
 *
 * Putters exclude each other by the lock of the tail, takers by that of the head; the two sides meet in
 * `tail` and `head` only. What is promised when somebody dies, and why, stands in this folder's README.md.
 */
import { NO_PARCEL } from "../codec/parcel.ts";
import { insideOf } from "../memory/cells.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import { Frontier } from "./frontier.ts";
import { CHANNEL } from "./layout.ts";
import type { Party } from "./party.ts";
import { ChannelPieces } from "./pieces.ts";
import { advance, CLOSED, distance, LARGEST_CAPACITY, validCopy } from "./position.ts";
import { type Draft, hasParcel, isLink, LINK_HEADER, LINK_WORDS, type Taken } from "./record.ts";
import { liveIn } from "./repair.ts";
import { Segments } from "./segments.ts";
import { Sides } from "./sides.ts";

/** What came of putting. */
export type PutOutcome = "put" | "full" | "closed";

/** What came of taking; refused is what the caller did not accept, and is still there. */
export type TakeOutcome = "taken" | "empty" | "closed" | "refused";

/** One channel, for one process. */
export class Channel {
  /** How far it was written and read. */
  readonly frontier: Frontier;
  /** Memory for large messages. */
  readonly pieces: ChannelPieces;
  /** Whether nothing was left behind what was taken last. */
  isEmptied = false;
  readonly #party: Party;
  readonly #at: WordIndex;
  readonly #capacity: number;
  readonly #sides: Sides;
  readonly #segments: Segments;

  /**
   * @param party This process.
   * @param at Where its words begin.
   * @param sizes How many words its segments have; for models.
   */
  constructor(party: Party, at: WordIndex, sizes?: readonly number[]) {
    this.#party = party;
    this.#at = at;
    this.frontier = new Frontier(party, at);
    this.#capacity = this.frontier.capacity || LARGEST_CAPACITY;
    this.#sides = new Sides(party, at);
    this.#segments = new Segments(party, at, sizes);
    this.pieces = new ChannelPieces(party, at);
  }

  /**
   * Makes a channel out of words that are all 0.
   *
   * @param capacity How much weight it takes; 0 for no bound.
   * @throws {OutOfMemoryError} if there is no room.
   */
  static create(party: Party, at: WordIndex, capacity: number, sizes?: readonly number[]): Channel {
    const { words, guarded } = party;
    words.store(at + CHANNEL.capacity, capacity);
    const segments = new Segments(party, at, sizes);
    const first = segments.first();
    guarded.set(at + CHANNEL.headAt, first);
    guarded.set(at + CHANNEL.tailAt, first);
    guarded.set(at + CHANNEL.tailEnd, segments.endOf(first));
    return new Channel(party, at, sizes);
  }

  /**
   * Puts a message, if there is room. Its parcel passes to the channel.
   *
   * @throws {OutOfMemoryError} if there is no memory for it; the channel is as it was.
   */
  put(draft: Draft): PutOutcome {
    const { guarded, words, store, self } = this.#party;
    const at = this.#at;
    this.#sides.lockTail();
    let tail: number;
    try {
      tail = guarded.get(at + CHANNEL.tail);
      if ((tail & CLOSED) !== 0) return "closed";
      if (!this.#hasRoom(tail, draft.weight)) return "full";
      const copy = validCopy(tail);
      let record = guarded.get(at + CHANNEL.tailAt + copy);
      let end = guarded.get(at + CHANNEL.tailEnd + copy);
      if (record + 1 + draft.bodyWords + LINK_WORDS > end) {
        const link = record;
        const full = guarded.get(end);
        record = this.#segments.next(full, !this.#isReading(full, end));
        end = this.#segments.endOf(record);
        guarded.set(link, LINK_HEADER);
        guarded.set(link + 1, record);
        guarded.set(link + 2, full);
      }
      guarded.set(record, draft.header);
      guarded.write(record + 1, draft.body, draft.bodyWords);
      guarded.set(at + CHANNEL.tailAt + 1 - copy, record + 1 + draft.bodyWords);
      guarded.set(at + CHANNEL.tailEnd + 1 - copy, end);
      if (draft.place !== NO_PARCEL) store.handOver(draft.place, self, insideOf(at));
      // PUBLISH message: OBSERVE in take(). Nothing but MARK can have come since.
      for (let seen = tail;; tail = seen) {
        seen = words.compareExchange(at + CHANNEL.tail, tail, advance(tail, draft.weight));
        if (seen === tail) break;
      }
      draft.place = NO_PARCEL;
    } finally {
      this.#sides.unlockTail();
    }
    this.frontier.wakeTakers(tail);
    return "put";
  }

  /**
   * Takes the oldest message, if there is one. Its parcel passes to this process.
   *
   * @param taken What is filled with it.
   * @param refuses Why the caller does not want this one; it is asked with the head held, and must be short.
   */
  take(taken: Taken, refuses?: (taken: Taken) => unknown): TakeOutcome {
    const { guarded, words, store, self } = this.#party;
    const at = this.#at;
    // A look without the lock may see a message that another has just taken, but none where none is.
    const nothing = this.#nothingBehind(guarded.get(at + CHANNEL.head), false);
    if (nothing !== undefined) return nothing;
    this.#sides.lockHead();
    let head: number;
    try {
      head = guarded.get(at + CHANNEL.head);
      const nothing = this.#nothingBehind(head, true);
      if (nothing !== undefined) return nothing;
      const copy = validCopy(head);
      // OBSERVE message
      let record = guarded.get(at + CHANNEL.headAt + copy);
      let header = guarded.get(record);
      let left = 0;
      if (isLink(header)) {
        left = guarded.get(record + 2);
        record = guarded.get(record + 1);
        header = guarded.get(record);
      }
      taken.readHeader(header);
      guarded.read(record + 1, taken.body, taken.bodyWords);
      if (hasParcel(header)) taken.readParcel();
      if (refuses?.(taken) !== undefined) return "refused";
      guarded.set(at + CHANNEL.headAt + 1 - copy, record + 1 + taken.bodyWords);
      // PUBLISH room: OBSERVE in put(). From here on the message is ours, and goes with us.
      for (let seen = head;; head = seen) {
        seen = words.compareExchange(at + CHANNEL.head, head, advance(head, taken.weight));
        if (seen === head) break;
      }
      if (taken.place !== NO_PARCEL) store.handOver(taken.place, insideOf(at), self);
      if (left !== 0) this.#segments.giveUp(left);
      this.isEmptied = distance(guarded.get(at + CHANNEL.tailSeen), head) <= taken.weight;
    } finally {
      this.#sides.unlockHead();
    }
    this.frontier.wakePutters(head);
    return "taken";
  }

  /** Nothing can be put any more; what is there can still be taken. Nothing happens the second time. */
  close(): void {
    this.#sides.lockTail();
    let tail: number;
    try {
      tail = this.#party.words.or(this.#at + CHANNEL.tail, CLOSED);
    } finally {
      this.#sides.unlockTail();
    }
    this.frontier.tellClosed(tail);
  }

  /** A process has died; it may have been in the middle of something. */
  bury(dead: OwnerId): void {
    this.#party.words.store(this.#at + CHANNEL.haunted, 1);
    this.#sides.bury(dead);
  }

  /** Frees all that lies in it; nobody uses it any more. Can be repeated by another if this one dies. */
  end(): void {
    const { store } = this.#party;
    const places = this.#sides.seal() ? liveIn(this.#party, this.#at) : [...store.inside(this.#at)];
    for (const place of places) store.free(place);
    this.pieces.end(this.#party.words.load(this.#at + CHANNEL.haunted) !== 0);
  }

  /** Whether there is room; the tail is held. */
  #hasRoom(tail: number, weight: number): boolean {
    const { guarded, words } = this.#party;
    const seen = this.#at + CHANNEL.headSeen;
    if (distance(tail, guarded.get(seen)) + weight <= this.#capacity) return true;
    // OBSERVE room
    const head = words.load(this.#at + CHANNEL.head);
    guarded.set(seen, head);
    return this.frontier.fits(distance(tail, head), weight);
  }

  /** What to say if there is no message behind this position; whether the head is held. */
  #nothingBehind(head: number, isHeld: boolean): "empty" | "closed" | undefined {
    const { guarded, words } = this.#party;
    const seen = this.#at + CHANNEL.tailSeen;
    if (distance(guarded.get(seen), head) > 0) return undefined;
    const tail = words.load(this.#at + CHANNEL.tail);
    if (distance(tail, head) <= 0) return (tail & CLOSED) === 0 ? "empty" : "closed";
    if (isHeld) guarded.set(seen, tail);
    return undefined;
  }

  /** Whether takers are in this segment already: a guess, as the head is not held. */
  #isReading(segment: WordIndex, end: WordIndex): boolean {
    const { guarded, words } = this.#party;
    const head = words.load(this.#at + CHANNEL.head);
    const record = guarded.get(this.#at + CHANNEL.headAt + validCopy(head));
    return record >= segment && record < end;
  }
}
