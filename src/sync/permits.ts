/**
 * The words of a semaphore.
 *
 * | word | meaning |
 * | --- | --- |
 * | `held` | for each slot, bit 0 AT_HAND: this process keeps one of the free permits for its own next use; bits 1–31: how many it has |
 * | `total` | how many there are: free ones and those that are held |
 * | `free` | how many can be taken from here: `total` less all that `held` speaks of |
 * | `abandoned` | so many of those that can be taken were held by processes that died, and nobody has been told |
 * | `turn` | for which owner one of the free ones is kept |
 * | `notice` | see `notice.ts` |
 * | `bookedFor`, `bookedHeld`, `bookedAbandoned` | what `held` of this owner, and `abandoned`, are about to be; NOBODY: nothing |
 *
 * Laws
 * 1. Without the guard a process changes its own `held` alone, by one step that exchanges a permit that it has for one at
 *    hand or back: so nobody pays for the guard whom nobody is in the way of. All else is done with the guard.
 * 2. `held` and `total` are true at every instant; `free` is computed from them if a holder of the guard died, after
 *    what is booked was done. Who changes them may do so plainly: that it has let go of the guard is what others see first.
 * 3. Who has announced and takes a permit leaves the mark, and then looks for another permit; if there is one it
 *    wakes the next. A release wakes one, and the second of two finds no mark. Who has laid a permit to its
 *    hand looks for the mark afterwards. So one of the two sees the other.
 * 4. A permit is kept for an owner that stands in line; it is kept no more when that one has it, leaves the line,
 *    dies, or lets its time pass.
 * 5. A release takes a permit from the one that releases; from another if it has none; and makes one if nobody
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
  bookedFor: 1,
  bookedHeld: 1,
  bookedAbandoned: 1,
  line: LINE_WORDS.size,
  held: OWNER_SLOTS,
});

/** How many permits there can be. */
export const MOST_PERMITS: number = 2 ** 30;

/** In `held`: a free permit is kept for the next use. */
export const AT_HAND = 1;
/** In `held`: a permit that a process has. */
export const ONE = 2;

/** How often to count, when one asks how many are free. */
const LOOKS = 100;

function heldIn(word: number): number {
  return word >>> 1;
}

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
  readonly #guarded: Party["guarded"];
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
    this.#guarded = party.guarded;
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

  /** How many can be taken: counted while none changes places, unless others are busier than our patience. */
  get free(): number {
    let free = this.#count();
    for (let looks = 0; looks < LOOKS; looks++) {
      const before = free;
      const isCalm = this.#guard.isFree;
      free = this.#count();
      if (isCalm && free === before && this.#guard.isFree) break;
    }
    return Math.min(free, this.#words.load(this.#at + PERMITS.total));
  }

  /** How many this process has. */
  get mine(): number {
    return heldIn(this.#guarded.get(this.#mine));
  }

  /** Who has some, as far as is known. */
  holders(): OwnerId[] {
    const owners: OwnerId[] = [];
    const used = this.#words.load(HEADER.ownersUsed);
    for (let slot = 0; slot < used; slot++) {
      const state = this.#words.load(slotAt(slot) + SLOT.state);
      if (phaseOf(state) !== LIVE || heldIn(this.#words.load(this.#wordOf(slot))) === 0) continue;
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
    // Read plainly, at a third of the price: the exchange finds out if it has changed.
    const guarded = this.#guarded;
    const seen = guarded.get(this.#mine);
    const isSimple = !announced && (seen & AT_HAND) !== 0 &&
      guarded.get(this.#at + PERMITS.abandoned) === 0;
    const changed = seen + ONE - AT_HAND;
    if (isSimple && this.#words.compareExchange(this.#mine, seen, changed) === seen) return "taken";
    return this.#takeGuarded(announced);
  }

  /** Gives some back. */
  release(count: number, whose: Whose): Returned {
    const seen = this.#guarded.get(this.#mine);
    const isSimple = count === 1 && (seen & AT_HAND) === 0 && seen !== 0;
    const changed = seen - ONE + AT_HAND;
    if (!isSimple || this.#words.compareExchange(this.#mine, seen, changed) !== seen) {
      const returned = this.#releaseGuarded(count, whose);
      if (returned !== "released") return returned;
    }
    // Looked at when it can be taken already.
    if (this.#notice.isMarked) this.#wakeNext(count);
    return "released";
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

  /** Takes back what a dead owner had. Everybody is woken after this. Can be repeated. */
  bury(dead: OwnerId): void {
    const words = this.#words;
    this.#guard.bury(dead);
    this.#guard.enter();
    this.#line.leave(dead);
    if (words.load(this.#at + PERMITS.turn) === dead) words.store(this.#at + PERMITS.turn, NOBODY);
    const had = words.load(this.#wordOf(slotOf(dead)));
    if (had !== 0) {
      this.#book(dead, 0, words.load(this.#at + PERMITS.abandoned) + heldIn(had));
      this.#repair();
    }
    this.#notice.stir();
    this.#guard.leave();
  }

  #count(): number {
    const used = this.#words.load(HEADER.ownersUsed);
    let free = this.#words.load(this.#at + PERMITS.free);
    for (let slot = 0; slot < used; slot++) free += this.#words.load(this.#wordOf(slot)) & AT_HAND;
    return free;
  }

  #takeGuarded(announced: boolean): Taken | undefined {
    const guarded = this.#guarded;
    // Whoever makes one free tells afterwards.
    if (this.#words.load(this.#at + PERMITS.free) === 0 && !this.#isAnyAtHand()) return undefined;
    this.#guard.enter();
    const kept = this.#kept();
    if (guarded.get(this.#at + PERMITS.free) <= kept && !this.#layDownOne()) {
      this.#guard.leave();
      return undefined;
    }
    const abandoned = guarded.get(this.#at + PERMITS.abandoned);
    const held = guarded.get(this.#mine) + ONE;
    if (abandoned === 0) guarded.set(this.#mine, held);
    else this.#book(this.#party.self, held, abandoned - 1);
    guarded.set(this.#at + PERMITS.free, guarded.get(this.#at + PERMITS.free) - 1);
    const isServed = guarded.get(this.#at + PERMITS.turn) === this.#party.self;
    if (isServed) guarded.set(this.#at + PERMITS.turn, NOBODY);
    if (announced || isServed) this.#line.leave(this.#party.self);
    const wakes = announced && this.#passOn();
    this.#guard.leave();
    if (wakes) this.#party.wake(this.#notice.at, 1);
    return abandoned > 0 ? "abandoned" : "taken";
  }

  #releaseGuarded(count: number, whose: Whose): Returned {
    this.#guard.enter();
    const returned = this.#give(count, whose);
    this.#guard.leave();
    return returned;
  }

  /** How many of the free ones are kept for another, with the guard held. */
  #kept(): number {
    const turn = this.#guarded.get(this.#at + PERMITS.turn);
    if (turn === NOBODY || turn === this.#party.self) return 0;
    if (!isGone(this.#words, turn) && !this.#line.isTurnOver()) return 1;
    this.#words.store(this.#at + PERMITS.turn, NOBODY);
    this.#line.leave(turn);
    return 0;
  }

  /** Whether an attempt is worth while. */
  #isThere(): boolean {
    const turn = this.#words.load(this.#at + PERMITS.turn);
    const kept = turn === NOBODY || turn === this.#party.self ? 0 : 1;
    return this.#words.load(this.#at + PERMITS.free) > kept || this.#isAnyAtHand();
  }

  /** Whether a process, this one or another, keeps a permit at hand. */
  #isAnyAtHand(): boolean {
    const used = this.#words.load(HEADER.ownersUsed);
    for (let slot = 0; slot < used; slot++) {
      if ((this.#words.load(this.#wordOf(slot)) & AT_HAND) !== 0) return true;
    }
    return false;
  }

  /** Some can be taken, and somebody sleeps. */
  #wakeNext(count: number): void {
    this.#guard.enter();
    this.#layDown(this.#mine);
    let wake = 0;
    // Who has taken them meanwhile sees to those that sleep.
    if (this.#words.load(this.#at + PERMITS.free) > 0 && this.#notice.unmark()) {
      const turn = this.#at + PERMITS.turn;
      const next = this.#words.load(turn) === NOBODY ? this.#line.call() : NOBODY;
      if (next !== NOBODY) this.#words.store(turn, next);
      wake = next === NOBODY ? count : ALL;
    }
    this.#guard.leave();
    if (wake > 0) this.#party.wake(this.#notice.at, wake);
  }

  /** Law 3; whether the next one must be woken. */
  #passOn(): boolean {
    this.#notice.mark();
    return this.#isThere() && this.#notice.unmark();
  }

  /** What somebody keeps at hand becomes free for all, this process's first; false if nobody does. With the guard held. */
  #layDownOne(): boolean {
    if (this.#layDown(this.#mine)) return true;
    const used = this.#words.load(HEADER.ownersUsed);
    for (let slot = 0; slot < used; slot++) {
      if (this.#layDown(this.#wordOf(slot))) return true;
    }
    return false;
  }

  #layDown(at: WordIndex): boolean {
    if ((this.#words.load(at) & AT_HAND) === 0) return false;
    if ((this.#words.and(at, ~AT_HAND) & AT_HAND) === 0) return false;
    const guarded = this.#guarded;
    guarded.set(this.#at + PERMITS.free, guarded.get(this.#at + PERMITS.free) + 1);
    return true;
  }

  /** Law 5, with the guard held. */
  #give(count: number, whose: Whose): Returned {
    const guarded = this.#guarded;
    const total = guarded.get(this.#at + PERMITS.total);
    // Nobody else changes it while we have the guard.
    if (whose === "mine" && this.mine < count) return "not held";
    const taken: [at: WordIndex, count: number][] = [];
    let left = count;
    const takeFrom = (at: WordIndex): void => {
      const some = this.#takeFrom(at, left);
      left -= some;
      if (some > 0) taken.push([at, some]);
    };
    takeFrom(this.#mine);
    const used = left > 0 ? this.#words.load(HEADER.ownersUsed) : 0;
    for (let slot = 0; slot < used && left > 0; slot++) takeFrom(this.#wordOf(slot));
    if (total + left > (whose === "any" ? MOST_PERMITS : total)) {
      // Who misses one meanwhile waits for the guard before it says so.
      for (const [at, some] of taken) this.#words.add(at, some * ONE);
      return "too many";
    }
    if (left > 0) guarded.set(this.#at + PERMITS.total, total + left);
    guarded.set(this.#at + PERMITS.free, guarded.get(this.#at + PERMITS.free) + count);
    return "released";
  }

  /** Takes at most so many of what a process has, which may give back one itself meanwhile; returns how many. */
  #takeFrom(at: WordIndex, most: number): number {
    for (;;) {
      const seen = this.#words.load(at);
      const taken = Math.min(heldIn(seen), most);
      if (taken === 0) return 0;
      const changed = (seen - taken * ONE) | 0;
      if (this.#words.compareExchange(at, seen, changed) === seen) return taken;
    }
  }

  /**
   * Changes what an owner has and how many are abandoned, with the guard held: both, or, if we die over it, none or both.
   * That owner is this process, or dead.
   */
  #book(owner: OwnerId, held: number, abandoned: number): void {
    this.#words.store(this.#at + PERMITS.bookedHeld, held);
    this.#words.store(this.#at + PERMITS.bookedAbandoned, abandoned);
    this.#words.store(this.#at + PERMITS.bookedFor, owner);
    this.#doBooked();
  }

  #doBooked(): void {
    const words = this.#words;
    const owner = words.load(this.#at + PERMITS.bookedFor);
    if (owner === NOBODY) return;
    words.store(this.#wordOf(slotOf(owner)), words.load(this.#at + PERMITS.bookedHeld));
    const abandoned = words.load(this.#at + PERMITS.bookedAbandoned);
    words.store(this.#at + PERMITS.abandoned, abandoned);
    words.store(this.#at + PERMITS.bookedFor, NOBODY);
  }

  #repair(): void {
    this.#doBooked();
    const words = this.#words;
    const used = words.load(HEADER.ownersUsed);
    let free = words.load(this.#at + PERMITS.total);
    for (let slot = 0; slot < used; slot++) {
      const seen = words.load(this.#wordOf(slot));
      free -= heldIn(seen) + (seen & AT_HAND);
    }
    words.store(this.#at + PERMITS.free, free);
  }

  #wordOf(slot: number): WordIndex {
    return this.#at + PERMITS.held + slot;
  }
}
