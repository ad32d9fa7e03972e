/**
 * The line: which processes have waited for long, and whose turn is next.
 *
 * | word | meaning |
 * | --- | --- |
 * | `turnAt` | when somebody was last given a turn: a stamp |
 * | `last` | the slot that had it |
 * | `members` | a bit for each slot: a waiter of this process has waited for long |
 *
 * Turns go around by slots, so who stands in line is overtaken by each other process at most once a round.
 * A bit is set and cleared by its own process, and cleared by others when a turn was not taken. A bit
 * that a dead process has left, or a bit too many, costs one turn that lapses and nothing else.
 */
import { HEADER, OWNER_SLOTS } from "../memory/layout.ts";
import { NOBODY, type OwnerId, slotOf } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { LIVE, ownerIn, phaseOf, SLOT, slotAt } from "../owner/slot.ts";
import type { Party } from "./party.ts";

/**
 * After how many ms of waiting in vain a waiter stands in line, how often somebody in line is given a turn,
 * and how long that one has it to itself. Chosen by bench/locks.ts: two processes that contend for
 * a lock lose less than a twentieth of their pairs by it.
 */
export const TURN_MS = 5;

/** The words of a line. */
export const LINE_WORDS = struct({
  turnAt: 1,
  last: 1,
  members: OWNER_SLOTS / 32,
});

/** The line before one shared object. */
export class Line {
  readonly #party: Party;
  readonly #at: WordIndex;

  /**
   * @param party This process.
   * @param at Where the words of the line begin.
   */
  constructor(party: Party, at: WordIndex) {
    this.#party = party;
    this.#at = at;
  }

  /** This process stands in line. */
  join(): void {
    const slot = slotOf(this.#party.self);
    this.#party.words.or(this.#wordOf(slot), bitOf(slot));
  }

  /** A process stands in line no more. */
  leave(owner: OwnerId): void {
    const slot = slotOf(owner);
    if (this.has(owner)) this.#party.words.and(this.#wordOf(slot), ~bitOf(slot));
  }

  /** Whether a process stands in line. */
  has(owner: OwnerId): boolean {
    const slot = slotOf(owner);
    return (this.#party.words.load(this.#wordOf(slot)) & bitOf(slot)) !== 0;
  }

  /** Who is to have the next turn, if one is due; its time begins now. */
  call(): OwnerId {
    const { words } = this.#party;
    const next = this.#next();
    if (next === NOBODY) return NOBODY;
    if (!this.#party.isOver(words.load(this.#at + LINE_WORDS.turnAt), TURN_MS)) return NOBODY;
    words.store(this.#at + LINE_WORDS.last, slotOf(next));
    words.store(this.#at + LINE_WORDS.turnAt, this.#party.stamp());
    return next;
  }

  /** Whether the time of the last turn is over. */
  isTurnOver(): boolean {
    const { words } = this.#party;
    return this.#party.isOver(words.load(this.#at + LINE_WORDS.turnAt), TURN_MS);
  }

  /** The first in line behind the one that had the last turn. */
  #next(): OwnerId {
    const { words } = this.#party;
    const used = words.load(HEADER.ownersUsed);
    let last = -1;
    let before: OwnerId = NOBODY;
    for (let first = 0; first < used; first += 32) {
      let bits = words.load(this.#wordOf(first));
      if (bits === 0) continue;
      if (last < 0) last = words.load(this.#at + LINE_WORDS.last);
      while (bits !== 0) {
        const slot = first + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const owner = this.#liveIn(slot);
        if (owner === NOBODY) continue;
        if (slot > last) return owner;
        if (before === NOBODY) before = owner;
      }
    }
    return before;
  }

  #liveIn(slot: number): OwnerId {
    const { words } = this.#party;
    const state = words.load(slotAt(slot) + SLOT.state);
    if (phaseOf(state) === LIVE) return ownerIn(state, slot);
    words.and(this.#wordOf(slot), ~bitOf(slot));
    return NOBODY;
  }

  #wordOf(slot: number): WordIndex {
    return this.#at + LINE_WORDS.members + (slot >>> 5);
  }
}

function bitOf(slot: number): number {
  return 1 << (slot & 31);
}
