/**
 * The words of a semaphore. All but `notice` and the line are changed by who holds the guard.
 *
 * | word | meaning |
 * | --- | --- |
 * | `held` | for each slot: how many permits this process has |
 * | `total` | how many there are: free ones and those that are held |
 * | `free` | how many can be taken: `total` less all `held` |
 * | `abandoned` | so many of the free ones were held by processes that died, and nobody has been told |
 * | `turn` | for which owner one of the free ones is kept |
 * | `notice` | see `notice.ts` |
 *
 * Laws
 * 1. `held` and `total` are true at every instant; `free` is computed from them if a holder of the guard died. Who
 *    changes them may do so plainly: that it has let go of the guard is what others see first.
 * 2. Who has announced and takes a permit wakes the next one if more are there, and leaves the mark if not: a
 *    release wakes one, and the second of two releases finds no mark.
 * 3. A permit is kept for an owner that stands in line; it is kept no more when that one has it, leaves the line,
 *    dies, or lets its time pass.
 * 4. A release takes a permit from the one that releases; from another if it has none; and makes one if nobody
 *    has any.
 */
import { HEADER, OWNER_SLOTS } from "../memory/layout.ts";
import { NOBODY, type OwnerId, slotOf } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { LIVE, ownerIn, phaseOf, SLOT, slotAt } from "../owner/slot.ts";
import type { Waitable } from "../parking/waitable.ts";
import { Guard } from "./guard.ts";
import { type Line, LINE_WORDS, TURN_MS } from "./line.ts";
import type { Taken } from "./mutex.ts";
import { Notice } from "./notice.ts";
import { ALL, isGone, type Party } from "./party.ts";

/** The words. */
export const PERMITS = struct({
  guard: 1,
  free: 1,
  total: 1,
  abandoned: 1,
  turn: 1,
  notice: 1,
  line: LINE_WORDS.size,
  held: OWNER_SLOTS,
});

/** How many permits there can be. */
export const MOST_PERMITS: number = 2 ** 30;

/** What came of a release; nothing has changed unless `"released"`. */
export type Returned = "released" | "not held" | "too many";

/** Whose permits a release gives back. */
export type Whose =
  /** This process's alone. */
  | "mine"
  /** Anybody's, but no more than are held. */
  | "held"
  /** Anybody's, and new ones. */
  | "any";

/** The permits of one semaphore. */
export class Permits {
  readonly #party: Party;
  readonly #words: WordMemory;
  readonly #at: WordIndex;
  readonly #mine: WordIndex;
  readonly #guard: Guard;
  readonly #notice: Notice;
  readonly #line: Line;

  /**
   * @param party This process.
   * @param at Where the words begin.
   * @param line Who has waited for long.
   */
  constructor(party: Party, at: WordIndex, line: Line) {
    this.#party = party;
    this.#words = party.words;
    this.#at = at;
    this.#mine = this.#wordOf(slotOf(party.self));
    this.#guard = new Guard(party, at + PERMITS.guard, "a semaphore", () => this.#repair());
    this.#notice = new Notice(party, at + PERMITS.notice);
    this.#line = line;
  }

  /** The first values of the words; nobody else knows them yet. */
  begin(permits: number): void {
    this.#words.store(this.#at + PERMITS.total, permits);
    this.#words.store(this.#at + PERMITS.free, permits);
  }

  /** How many can be taken. */
  get free(): number {
    return this.#words.load(this.#at + PERMITS.free);
  }

  /** How many this process has. */
  get mine(): number {
    return this.#words.load(this.#mine);
  }

  /** Who has some, as far as is known. */
  holders(): OwnerId[] {
    const owners: OwnerId[] = [];
    const used = this.#words.load(HEADER.ownersUsed);
    for (let slot = 0; slot < used; slot++) {
      const state = this.#words.load(slotAt(slot) + SLOT.state);
      if (phaseOf(state) !== LIVE || this.#words.load(this.#wordOf(slot)) === 0) continue;
      owners.push(ownerIn(state, slot));
    }
    return owners;
  }

  /**
   * Takes one, if there is one to be taken.
   *
   * @param announced Whether the wait for it was announced.
   */
  take(announced: boolean): Taken | undefined {
    // Whoever makes one free tells afterwards.
    if (this.free === 0) return undefined;
    const { guarded } = this.#party;
    this.#guard.enter();
    const free = guarded.get(this.#at + PERMITS.free);
    const kept = this.#kept();
    if (free <= kept) {
      this.#guard.leave();
      return undefined;
    }
    guarded.set(this.#mine, guarded.get(this.#mine) + 1);
    guarded.set(this.#at + PERMITS.free, free - 1);
    const abandoned = guarded.get(this.#at + PERMITS.abandoned);
    if (abandoned > 0) guarded.set(this.#at + PERMITS.abandoned, abandoned - 1);
    const isServed = guarded.get(this.#at + PERMITS.turn) === this.#party.self;
    if (isServed) guarded.set(this.#at + PERMITS.turn, NOBODY);
    if (announced || isServed) this.#line.leave(this.#party.self);
    const wakes = announced && this.#passOn(free - 1 - (isServed ? 0 : kept));
    this.#guard.leave();
    if (wakes) this.#party.wake(this.#notice.at, 1);
    return abandoned > 0 ? "abandoned" : "taken";
  }

  /** Gives some back. */
  release(count: number, whose: Whose): Returned {
    this.#guard.enter();
    const returned = this.#give(count, whose);
    // Looked at when the guard is released: that is what lets others see what is free.
    this.#guard.leave();
    if (returned === "released" && this.#notice.isMarked) this.#wakeNext(count);
    return returned;
  }

  /** No waiter of this process is left that wants one. */
  withdraw(): void {
    const { self } = this.#party;
    if (!this.#line.has(self) && this.#words.load(this.#at + PERMITS.turn) !== self) return;
    this.#guard.enter();
    this.#line.leave(self);
    const isKept = this.#words.load(this.#at + PERMITS.turn) === self;
    if (isKept) this.#words.store(this.#at + PERMITS.turn, NOBODY);
    const wakes = isKept && this.#notice.unmark();
    this.#guard.leave();
    if (wakes) this.#party.wake(this.#notice.at, 1);
  }

  /** What a waiter waits for. */
  acquisition(what: string): Waitable<Taken> {
    const party = this.#party;
    const since = party.stamp();
    let announced = false;
    return {
      at: this.#notice.at,
      what,
      attempt: () => this.take(announced),
      announce: () => {
        const seen = this.#notice.announce(() => this.#isThere());
        if (seen === undefined) return undefined;
        announced = true;
        if (party.isOver(since, TURN_MS)) this.#line.join();
        return seen;
      },
    };
  }

  /**
   * Takes back what a dead owner had. Everybody is woken after this. Can be repeated; if its doer dies over it, more
   * may be told of the death than the dead one had permits.
   */
  bury(dead: OwnerId): void {
    const words = this.#words;
    this.#guard.bury(dead);
    this.#guard.enter();
    this.#line.leave(dead);
    if (words.load(this.#at + PERMITS.turn) === dead) words.store(this.#at + PERMITS.turn, NOBODY);
    const had = words.load(this.#wordOf(slotOf(dead)));
    if (had > 0) {
      words.store(this.#at + PERMITS.abandoned, words.load(this.#at + PERMITS.abandoned) + had);
      words.store(this.#wordOf(slotOf(dead)), 0);
      this.#repair();
    }
    this.#notice.stir();
    this.#guard.leave();
  }

  /** How many of the free ones are kept for another, with the guard held. */
  #kept(): number {
    const turn = this.#party.guarded.get(this.#at + PERMITS.turn);
    if (turn === NOBODY || turn === this.#party.self) return 0;
    if (!isGone(this.#words, turn) && !this.#line.isTurnOver()) return 1;
    this.#words.store(this.#at + PERMITS.turn, NOBODY);
    this.#line.leave(turn);
    return 0;
  }

  /** Whether an attempt is worth while. */
  #isThere(): boolean {
    const turn = this.#words.load(this.#at + PERMITS.turn);
    return this.free > (turn === NOBODY || turn === this.#party.self ? 0 : 1);
  }

  /** Some have become free, and somebody sleeps. */
  #wakeNext(count: number): void {
    this.#guard.enter();
    let wake = 0;
    // Who has taken them meanwhile sees to those that sleep.
    if (this.free > 0 && this.#notice.unmark()) {
      const turn = this.#at + PERMITS.turn;
      const next = this.#words.load(turn) === NOBODY ? this.#line.call() : NOBODY;
      if (next !== NOBODY) this.#words.store(turn, next);
      wake = next === NOBODY ? count : ALL;
    }
    this.#guard.leave();
    if (wake > 0) this.#party.wake(this.#notice.at, wake);
  }

  /** Law 2; whether the next one must be woken. */
  #passOn(left: number): boolean {
    if (left > 0) return this.#notice.unmark();
    this.#notice.mark();
    return false;
  }

  /** Law 4, with the guard held. */
  #give(count: number, whose: Whose): Returned {
    const { guarded } = this.#party;
    const free = guarded.get(this.#at + PERMITS.free);
    const total = guarded.get(this.#at + PERMITS.total);
    if (whose === "mine" && guarded.get(this.#mine) < count) return "not held";
    if (free + count > (whose === "any" ? MOST_PERMITS : total)) return "too many";
    let left = this.#takeFrom(this.#mine, count);
    const used = left > 0 ? this.#words.load(HEADER.ownersUsed) : 0;
    for (let slot = 0; slot < used && left > 0; slot++) {
      left = this.#takeFrom(this.#wordOf(slot), left);
    }
    if (left > 0) guarded.set(this.#at + PERMITS.total, total + left);
    guarded.set(this.#at + PERMITS.free, free + count);
    return "released";
  }

  /** Returns how many are missing. */
  #takeFrom(at: WordIndex, count: number): number {
    const { guarded } = this.#party;
    const held = guarded.get(at);
    const taken = Math.min(held, count);
    if (taken > 0) guarded.set(at, held - taken);
    return count - taken;
  }

  #repair(): void {
    const words = this.#words;
    const used = words.load(HEADER.ownersUsed);
    let free = words.load(this.#at + PERMITS.total);
    for (let slot = 0; slot < used; slot++) free -= words.load(this.#wordOf(slot));
    words.store(this.#at + PERMITS.free, free);
    if (words.load(this.#at + PERMITS.abandoned) > free) {
      words.store(this.#at + PERMITS.abandoned, free);
    }
  }

  #wordOf(slot: number): WordIndex {
    return this.#at + PERMITS.held + slot;
  }
}
