/** What an invariant sees of a state. */

import type { Shape } from "./state.ts";

/** A state, as far as invariants may look into it. */
export interface View {
  /** The value of a word. */
  word(at: number): number;
  /** Those not dead whose note is this text. */
  noting(text: string): readonly number[];
  note(participant: number): string;
  dead(participant: number): boolean;
  finished(participant: number): boolean;
  /** How many have died. */
  readonly deaths: number;
}

/** Invariants by the sentence that they make true. */
export type Invariants = Readonly<Record<string, (state: View) => boolean>>;

/** Looks into one state after another. */
export class Window implements View {
  readonly #shape: Shape;
  readonly #observe: (at: number) => void;
  #state: Int32Array;

  /** @param observe Is told of every word that is looked at. */
  constructor(shape: Shape, state: Int32Array, observe: (at: number) => void) {
    this.#shape = shape;
    this.#observe = observe;
    this.#state = state;
  }

  /** The sentence of the first invariant that does not hold in a state. */
  violated(invariants: Invariants, state: Int32Array): string | undefined {
    this.#state = state;
    for (const sentence in invariants) {
      if (!invariants[sentence](this)) return sentence;
    }
    return undefined;
  }

  word(at: number): number {
    this.#observe(at);
    return this.#state[at];
  }

  noting(text: string): readonly number[] {
    const found: number[] = [];
    for (let who = 0; who < this.#shape.participants.length; who++) {
      if (!this.dead(who) && this.note(who) === text) found.push(who);
    }
    return found;
  }

  note(participant: number): string {
    return this.#shape.position(this.#state, participant).note;
  }

  dead(participant: number): boolean {
    return this.#shape.dead(this.#state, participant);
  }

  finished(participant: number): boolean {
    return !this.dead(participant) && !this.#shape.living(this.#state, participant);
  }

  get deaths(): number {
    return this.#shape.spent(this.#state, "deaths");
  }
}
