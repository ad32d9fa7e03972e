/**
 * The word of a lock.
 *
 * | word | meaning | take | announce | release |
 * | --- | --- | --- | --- | --- |
 * | 0 FREE | nobody's | to owner | - | an error |
 * | ABANDONED | nobody's; who held it last has died | to owner, who is told | - | an error |
 * | owner | held | no; if that one is dead as from ABANDONED | adds CONTENDED | to FREE |
 * | owner CONTENDED | held, and somebody may sleep | the same | stays | to FREE and wakes one, or to a turn and wakes all |
 * | owner TURN CONTENDED | nobody's; it is this owner's turn | by this owner; by others when its time is over, or it is dead | stays | an error |
 *
 * Two more bits stand beside an owner. UNTOUCHED: this one has not got at what the lock protects, so its death
 * abandons nothing. ABANDONED: it has not been told yet. A release leaves this bit behind.
 *
 * A second word, `losses`, counts how often a holder has died, or may be about to be found dead: those who wait for
 * a condition under the lock look at it.
 *
 * Laws
 * 1. Who has announced takes the lock with CONTENDED: it may have been woken in place of another.
 * 2. Who gives a turn looks afterwards whether that one still stands in line; who gives up leaves the line
 *    and looks afterwards whether it has the turn. So one of the two ends a turn that nobody wants.
 * 3. A turn that was not taken in time costs its owner the place in line.
 */
import { NOBODY, OWNER_BITS, OWNER_MASK, type OwnerId } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { setMark } from "../parking/mark.ts";
import type { Waitable } from "../parking/waitable.ts";
import { type Line, TURN_MS } from "./line.ts";
import { ALL, isGone, type Party } from "./party.ts";

/** Nobody's. */
export const FREE = 0;
/** Somebody may sleep. */
export const CONTENDED: number = 2 ** OWNER_BITS;
const TURN = 2 ** (OWNER_BITS + 1);
/** The last holder has died, and nobody has been told. */
export const ABANDONED: number = 2 ** (OWNER_BITS + 2);
/** The holder has not got at what the lock protects. */
export const UNTOUCHED: number = 2 ** (OWNER_BITS + 3);

/** The words of a lock. */
export const MUTEX = struct({ word: 1, losses: 1 });

/** How a lock was taken. */
export type Taken = "taken" | "abandoned";

/** What came of a release. */
export type Released = "released" | "not held" | "another's";

/** The lock in one word. */
export class Mutex {
  readonly #party: Party;
  readonly #at: WordIndex;
  readonly #losses: WordIndex;
  readonly #line: Line;

  /**
   * @param party This process.
   * @param at Where its words begin.
   * @param line Who has waited for it for long.
   */
  constructor(party: Party, at: WordIndex, line: Line) {
    this.#party = party;
    this.#at = at + MUTEX.word;
    this.#losses = at + MUTEX.losses;
    this.#line = line;
  }

  /** Who holds it, as far as is known. */
  get holder(): OwnerId {
    const seen = this.#party.words.load(this.#at);
    const owner = seen & OWNER_MASK;
    return owner === NOBODY || (seen & TURN) !== 0 || isGone(this.#party.words, owner)
      ? NOBODY
      : owner;
  }

  /** Who holds it and has got at what it protects, as far as is known. */
  get user(): OwnerId {
    return (this.#party.words.load(this.#at) & UNTOUCHED) !== 0 ? NOBODY : this.holder;
  }

  /** Whether a holder has died, and nobody has been told who could put right what it left. */
  get isAbandoned(): boolean {
    return (this.#party.words.load(this.#at) & ABANDONED) !== 0;
  }

  /**
   * Takes it, if it is there to be taken.
   *
   * @param mark CONTENDED by who has announced.
   * @param untouched UNTOUCHED by who does not get at what it protects yet.
   */
  take(mark: number, untouched = 0): Taken | undefined {
    const { words, self } = this.#party;
    for (;;) {
      const seen = words.load(this.#at);
      const owner = seen & OWNER_MASK;
      const offered = this.#offered(seen) ?? (this.#hasLapsed(seen) ? inTurn(seen) : undefined);
      if (offered === undefined) return undefined;
      const left = untouched !== 0 && offered === "abandoned" ? ABANDONED : 0;
      // Before anybody else can have it: who waits under it must not miss this.
      if (offered === "abandoned" && owner !== NOBODY) words.add(this.#losses, 1);
      const mine = self | untouched | left | (owner === NOBODY ? mark : CONTENDED);
      if (words.compareExchange(this.#at, seen, mine) !== seen) continue;
      if ((seen & TURN) !== 0 && owner !== self) this.#line.leave(owner);
      if (mark !== 0 || (seen & TURN) !== 0) this.#line.leave(self);
      return offered;
    }
  }

  /** What a waitable says: sees to it that the next change wakes; `undefined` if it can be taken. */
  announce(): number | undefined {
    const { words } = this.#party;
    const seen = words.load(this.#at);
    if (this.#offered(seen) !== undefined) return undefined;
    return setMark(words, this.#at, seen, CONTENDED);
  }

  /**
   * Gives it back, also if it is another's and `anyone` may.
   *
   * @returns What came of it; nothing has changed unless `"released"`.
   */
  release(anyone: boolean): Released {
    const { words, self } = this.#party;
    for (;;) {
      const seen = words.load(this.#at);
      const owner = seen & OWNER_MASK;
      if (owner === NOBODY || (seen & TURN) !== 0) return "not held";
      if (owner !== self && isGone(words, owner)) return "not held";
      if (owner !== self && !anyone) return "another's";
      const left = seen & ABANDONED;
      if ((seen & CONTENDED) === 0) {
        if (words.compareExchange(this.#at, seen, left) === seen) return "released";
        continue;
      }
      const next = this.#line.call();
      if (next === NOBODY) {
        if (words.compareExchange(this.#at, seen, left) !== seen) continue;
        this.#party.wake(this.#at, 1);
        return "released";
      }
      const turn = next | TURN | CONTENDED | left;
      if (words.compareExchange(this.#at, seen, turn) !== seen) continue;
      this.#party.wake(this.#at, ALL);
      if (!this.#line.has(next)) this.#endTurn(next);
      return "released";
    }
  }

  /** The holder has got at what it protects; returns whether that was abandoned. */
  touch(): boolean {
    const { words } = this.#party;
    const before = words.and(this.#at, ~(UNTOUCHED | ABANDONED));
    return (before & ABANDONED) !== 0;
  }

  /** Looks whether the holder is dead. */
  inspect(): void {
    const owner = this.#party.words.load(this.#at) & OWNER_MASK;
    if (owner !== NOBODY && owner !== this.#party.self) this.#party.inspect(owner);
  }

  /**
   * Frees it if a dead owner held it, or if a turn is left that the dead one should have ended. Everybody is
   * woken after this. Can be repeated.
   */
  bury(dead: OwnerId): void {
    const { words } = this.#party;
    this.#line.leave(dead);
    for (;;) {
      const seen = words.load(this.#at);
      const owner = seen & OWNER_MASK;
      const isTurn = (seen & TURN) !== 0;
      if (isTurn ? this.#line.has(owner) : owner !== dead) return;
      const left = isTurn || (seen & UNTOUCHED) !== 0 ? seen & ABANDONED : ABANDONED;
      if (left !== 0 && !isTurn) words.add(this.#losses, 1);
      if (words.compareExchange(this.#at, seen, left) === seen) return;
    }
  }

  /** No waiter of this process is left that wants it. */
  withdraw(): void {
    const { self } = this.#party;
    if (!this.#line.has(self)) return;
    this.#line.leave(self);
    this.#endTurn(self);
  }

  /**
   * What a waiter waits for.
   *
   * @param untouched See {@linkcode Mutex.take}.
   */
  acquisition(what: string, untouched = 0): Waitable<Taken> {
    const party = this.#party;
    const since = party.stamp();
    let mark = 0;
    return {
      at: this.#at,
      what,
      attempt: () => this.take(mark, untouched),
      announce: () => {
        const seen = this.announce();
        if (seen === undefined) return undefined;
        mark = CONTENDED;
        if (party.isOver(since, TURN_MS)) this.#line.join();
        return seen;
      },
      inspect: () => this.inspect(),
    };
  }

  /** How the lock can be taken by this process at once, if it can be. */
  #offered(seen: number): Taken | undefined {
    const owner = seen & OWNER_MASK;
    if (owner === NOBODY) return inTurn(seen);
    const { words, self } = this.#party;
    if ((seen & TURN) !== 0) {
      return owner === self || isGone(words, owner) ? inTurn(seen) : undefined;
    }
    if (owner === self || !isGone(words, owner)) return undefined;
    return (seen & UNTOUCHED) !== 0 ? inTurn(seen) : "abandoned";
  }

  #hasLapsed(seen: number): boolean {
    return (seen & TURN) !== 0 && this.#line.isTurnOver();
  }

  #endTurn(owner: OwnerId): void {
    const { words } = this.#party;
    const seen = words.load(this.#at);
    if ((seen & TURN) === 0 || (seen & OWNER_MASK) !== owner) return;
    // Whoever changes it meanwhile takes it.
    if (words.compareExchange(this.#at, seen, seen & ABANDONED) === seen) {
      this.#party.wake(this.#at, 1);
    }
  }
}

function inTurn(seen: number): Taken {
  return (seen & ABANDONED) !== 0 ? "abandoned" : "taken";
}
