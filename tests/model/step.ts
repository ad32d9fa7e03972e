/** What can happen next in a state. */

import { Footprints } from "./footprints.ts";
import type { Operation } from "./participant.ts";
import { LATE, TIMED_OUT } from "./replay.ts";
import type { Shape, Spending } from "./state.ts";

/** What may happen in one schedule. */
export interface Budget extends Readonly<Record<Spending, number>> {
  /** Whether it will do that only a timeout gets somebody on. */
  readonly patience: boolean;
}

/** One thing that can happen. */
export interface Event {
  readonly who: number;
  readonly kind: "does" | "returns for no reason" | "times out" | "dies";
  readonly operation: Operation | undefined;
  /** What the operation answers. */
  readonly answer: number;
  /** Whom a wake wakes. */
  readonly woken: readonly number[];
  /** Who of the woken is woken in the instant in which its time runs out. */
  readonly late?: number;
  /** Whether nobody else can notice it. */
  readonly own?: boolean;
}

/** Receives what can happen; the state is the receiver's only until it returns. */
export type Visit = (after: Int32Array, event: Event) => void;

const NOBODY: readonly number[] = [];

/** Finds all that can happen. */
export class Stepper {
  /** What was learned of the words. */
  readonly footprints: Footprints;
  readonly #shape: Shape;
  readonly #budget: Budget;
  readonly #after: Int32Array;

  constructor(shape: Shape, budget: Budget) {
    this.footprints = new Footprints(shape.words);
    this.#shape = shape;
    this.#budget = budget;
    this.#after = new Int32Array(shape.length);
  }

  /** Calls `visit` for all that can happen; false if nothing is sure to happen. */
  visitAll(state: Int32Array, visit: Visit): boolean {
    const shape = this.#shape;
    const count = shape.participants.length;
    // What concerns nobody else can go first, and nothing is lost.
    for (let who = 0; who < count; who++) {
      if (this.#keepsToItself(state, who)) {
        this.#visitOperation(state, who, visit);
        this.#visitDeath(state, who, visit);
        return true;
      }
    }
    if (this.#visitOwn(state, visit)) return true;
    let moves = false;
    for (let who = 0; who < count; who++) {
      if (this.canGo(state, who)) {
        moves = true;
        this.#visitOperation(state, who, visit);
      }
    }
    let timesOut = false;
    for (let who = 0; who < count; who++) {
      if (this.#visitTimeout(state, who, moves, visit)) timesOut = true;
      this.#visitSpurious(state, who, visit);
      this.#visitDeath(state, who, visit);
    }
    return moves || (timesOut && this.#budget.patience);
  }

  /** Whether a participant can do its next operation. */
  canGo(state: Int32Array, who: number): boolean {
    const shape = this.#shape;
    if (!shape.living(state, who) || shape.asleep(state, who) || !shape.started(state, who)) {
      return false;
    }
    const { next } = shape.position(state, who);
    return next.state === "asks" && (next.operation.verb !== "hear" || shape.rung(state, who));
  }

  #keepsToItself(state: Int32Array, who: number): boolean {
    const { next } = this.#shape.position(state, who);
    if (next.state !== "asks") return false;
    const { verb } = next.operation;
    const nobodyDies = this.#shape.spent(state, "deaths") >= this.#budget.deaths;
    return (verb === "choose" || (verb === "alive" && nobodyDies)) && this.canGo(state, who);
  }

  /** A step that nobody else can notice also goes first; only its participant's death is noticed. */
  #visitOwn(state: Int32Array, visit: Visit): boolean {
    const { footprints } = this;
    const shape = this.#shape;
    for (let who = 0; who < shape.participants.length; who++) {
      const { next } = shape.position(state, who);
      if (next.state === "asks" && this.canGo(state, who)) footprints.note(who, next.operation);
    }
    for (let who = 0; who < shape.participants.length; who++) {
      const { next, note } = shape.position(state, who);
      if (next.state !== "asks" || !footprints.isOwn(who, next.operation)) continue;
      if (!this.canGo(state, who)) continue;
      const after = this.#copy(state);
      const answer = this.#perform(after, who, next.operation);
      shape.advance(after, who, answer);
      // The invariants notice a note.
      if (shape.position(after, who).note !== note) continue;
      footprints.trust(who, next.operation);
      visit(after, {
        who,
        kind: "does",
        operation: next.operation,
        answer,
        woken: NOBODY,
        own: true,
      });
      this.#visitDeath(state, who, visit);
      return true;
    }
    return false;
  }

  /** The operation in which a participant is blocked, if it is. */
  #blocked(state: Int32Array, who: number): Operation | undefined {
    const shape = this.#shape;
    if (!shape.living(state, who) || !shape.started(state, who)) return undefined;
    const { next } = shape.position(state, who);
    if (next.state !== "asks") return undefined;
    const { operation } = next;
    if (shape.asleep(state, who)) return operation;
    return operation.verb === "hear" && !shape.rung(state, who) ? operation : undefined;
  }

  #visitTimeout(state: Int32Array, who: number, moves: boolean, visit: Visit): boolean {
    const operation = this.#blocked(state, who);
    if (operation === undefined || operation.other === Infinity) return false;
    // Time passes when nothing else happens: only a timeout before that is the search's to spend.
    const free = !moves && this.#budget.patience;
    if (!free && this.#shape.spent(state, "timeouts") >= this.#budget.timeouts) return false;
    const after = this.#copy(state);
    this.#shape.advance(after, who, TIMED_OUT);
    if (!free) this.#shape.spend(after, "timeouts");
    visit(after, { who, kind: "times out", operation, answer: TIMED_OUT, woken: NOBODY });
    return true;
  }

  #visitSpurious(state: Int32Array, who: number, visit: Visit): void {
    if (this.#shape.spent(state, "spurious") >= this.#budget.spurious) return;
    const operation = this.#blocked(state, who);
    if (operation === undefined) return;
    const after = this.#copy(state);
    this.#shape.advance(after, who, 0);
    this.#shape.spend(after, "spurious");
    visit(after, { who, kind: "returns for no reason", operation, answer: 0, woken: NOBODY });
  }

  #visitDeath(state: Int32Array, who: number, visit: Visit): void {
    const shape = this.#shape;
    if (shape.spent(state, "deaths") >= this.#budget.deaths) return;
    if (shape.participants[who].mortal === false) return;
    if (!shape.living(state, who) || !shape.started(state, who)) return;
    const after = this.#copy(state);
    shape.die(after, who);
    shape.spend(after, "deaths");
    visit(after, { who, kind: "dies", operation: undefined, answer: 0, woken: NOBODY });
  }

  #visitOperation(state: Int32Array, who: number, visit: Visit): void {
    const shape = this.#shape;
    const { next } = shape.position(state, who);
    if (next.state !== "asks") return;
    const { operation } = next;
    if (operation.verb === "choose") {
      for (let answer = 0; answer < operation.at; answer++) {
        const after = this.#copy(state);
        shape.advance(after, who, answer);
        visit(after, { who, kind: "does", operation, answer, woken: NOBODY, own: true });
      }
    } else if (operation.verb === "wake") {
      this.#visitWake(state, who, operation, visit);
    } else if (operation.verb === "wait" && state[operation.at] === operation.value) {
      const after = this.#copy(state);
      shape.fallAsleep(after, who);
      visit(after, { who, kind: "does", operation, answer: state[operation.at], woken: NOBODY });
    } else {
      const after = this.#copy(state);
      const answer = this.#perform(after, who, operation);
      shape.advance(after, who, operation.verb === "wait" ? 0 : answer);
      visit(after, { who, kind: "does", operation, answer, woken: NOBODY });
    }
  }

  #visitWake(state: Int32Array, who: number, operation: Operation, visit: Visit): void {
    const shape = this.#shape;
    const sleepers: number[] = [];
    for (let other = 0; other < shape.participants.length; other++) {
      if (shape.asleep(state, other) && this.#blocked(state, other)?.at === operation.at) {
        sleepers.push(other);
      }
    }
    const timeIsLeft = shape.spent(state, "timeouts") < this.#budget.timeouts;
    for (const woken of subsets(sleepers, Math.min(operation.other, sleepers.length))) {
      for (const late of [-1, ...woken]) {
        const operationOfLate = late === -1 ? undefined : this.#blocked(state, late);
        if (operationOfLate !== undefined) {
          if (!timeIsLeft || operationOfLate.other === Infinity) continue;
        }
        const after = this.#copy(state);
        for (const other of woken) shape.advance(after, other, other === late ? LATE : 0);
        if (operationOfLate !== undefined) shape.spend(after, "timeouts");
        shape.advance(after, who, 0);
        const [answer, each] = [woken.length, late === -1 ? {} : { late }];
        visit(after, { who, kind: "does", operation, answer, woken, ...each });
      }
    }
  }

  /** Does an operation on words or pipes that cannot block, and returns its answer. */
  #perform(after: Int32Array, who: number, { verb, at, value, other }: Operation): number {
    const shape = this.#shape;
    const was = after[at];
    switch (verb) {
      case "store":
        after[at] = value;
        return 0;
      case "exchange":
        after[at] = value;
        return was;
      case "compareExchange":
        if (was === value) after[at] = other;
        return was;
      case "add":
        after[at] = was + value;
        return was;
      case "and":
        after[at] = was & value;
        return was;
      case "or":
        after[at] = was | value;
        return was;
      case "ring":
        if (shape.living(after, at)) shape.ring(after, at);
        return 0;
      case "hear":
        shape.emptyPipe(after, who);
        return 0;
      case "alive":
        return shape.dead(after, at) ? 0 : 1;
      case "pause":
        return 0;
      default: // load, and a wait for what is no longer so
        return was;
    }
  }

  #copy(state: Int32Array): Int32Array {
    this.#after.set(state);
    return this.#after;
  }
}

/** All ways to take `size` of some. */
function* subsets(from: readonly number[], size: number): Generator<readonly number[]> {
  if (size === 0) {
    yield NOBODY;
    return;
  }
  for (let first = 0; first + size <= from.length; first++) {
    for (const rest of subsets(from.slice(first + 1), size - 1)) yield [from[first], ...rest];
  }
}
