/**
 * A state of the whole as a run of integers, so that it can be compared and kept cheaply.
 *
 * | cells | content |
 * | --- | --- |
 * | one a word | its value |
 * | one a participant | its place, and in the low two bits whether it sleeps, or is dead |
 * | 1 | which participants have something in their pipe, a bit each |
 * | 1 | how many deaths, spurious returns and timeouts the search has spent |
 * | 1 | who went last, and 0 where the search does not count preemptions |
 */

import type { Participant } from "./participant.ts";
import type { Place } from "./place.ts";
import { Positions } from "./positions.ts";

const ASLEEP = 1;
const DEAD = 2;

/** What a search spends. */
export type Spending = "deaths" | "spurious" | "timeouts";

const SHIFT: Readonly<Record<Spending, number>> = { deaths: 0, spurious: 8, timeouts: 16 };

/** Reads and writes the cells of a state. */
export class Shape {
  /** How many cells a state has. */
  readonly length: number;
  readonly participants: readonly Participant[];
  readonly positions: readonly Positions[];
  /** How many words there are. */
  readonly words: number;
  readonly #pipes: number;
  readonly #spent: number;
  readonly #last: number;

  constructor(participants: readonly Participant[], words: number) {
    if (participants.length > 30) {
      throw new RangeError(`A model has at most 30 participants, not ${participants.length}`);
    }
    this.participants = participants;
    this.positions = participants.map((participant) => new Positions(participant));
    this.words = words;
    this.#pipes = words + participants.length;
    this.#spent = this.#pipes + 1;
    this.#last = this.#pipes + 2;
    this.length = this.#pipes + 3;
  }

  first(initial: readonly number[]): Int32Array {
    const state = new Int32Array(this.length);
    state.set(initial);
    return state;
  }

  position(state: Int32Array, who: number): Place {
    return this.positions[who].get(state[this.words + who] >> 2);
  }

  asleep(state: Int32Array, who: number): boolean {
    return (state[this.words + who] & ASLEEP) !== 0;
  }

  dead(state: Int32Array, who: number): boolean {
    return (state[this.words + who] & DEAD) !== 0;
  }

  /** Neither dead nor finished. */
  living(state: Int32Array, who: number): boolean {
    return !this.dead(state, who) && this.position(state, who).next.state !== "finished";
  }

  started(state: Int32Array, who: number): boolean {
    return this.spent(state, "deaths") >= (this.participants[who].startsAfter ?? 0);
  }

  fallAsleep(state: Int32Array, who: number): void {
    state[this.words + who] |= ASLEEP;
  }

  /** A participant has its answer, and goes on to its next operation. */
  advance(state: Int32Array, who: number, answer: number): void {
    const cell = this.words + who;
    state[cell] = this.positions[who].after(state[cell] >> 2, answer) << 2;
  }

  die(state: Int32Array, who: number): void {
    const cell = this.words + who;
    state[cell] = this.positions[who].end(state[cell] >> 2) << 2 | DEAD;
    state[this.#pipes] &= ~(1 << who);
  }

  rung(state: Int32Array, who: number): boolean {
    return (state[this.#pipes] >>> who & 1) === 1;
  }

  ring(state: Int32Array, who: number): void {
    state[this.#pipes] |= 1 << who;
  }

  emptyPipe(state: Int32Array, who: number): void {
    state[this.#pipes] &= ~(1 << who);
  }

  spent(state: Int32Array, what: Spending): number {
    return state[this.#spent] >>> SHIFT[what] & 0xff;
  }

  spend(state: Int32Array, what: Spending): void {
    state[this.#spent] += 1 << SHIFT[what];
  }

  last(state: Int32Array): number {
    return state[this.#last] - 1;
  }

  setLast(state: Int32Array, who: number): void {
    state[this.#last] = who + 1;
  }
}
