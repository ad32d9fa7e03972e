/** Bugs to plant under the real parking: steps that come later than they should. */

import type { WordIndex, WordMemory } from "../../../src/memory/words.ts";
import { SLOT, slotAt } from "../../../src/owner/slot.ts";
import { ROOM, RUNG } from "./region.ts";

/** A step that comes too late, and until when. */
export interface Plant {
  readonly step: { readonly verb: "or" | "exchange"; at(slot: number): readonly WordIndex[] };
  /** The words with which the step waits for a use; none: it waits until the process sleeps. */
  readonly until: readonly WordIndex[];
}

const slots = [0, 1, 2, 3, 4, 5];
const others = (slot: number) => slots.filter((other) => other !== slot);

/** W1 after W2: the room's bit is set when the word has been announced in. */
export const ANNOUNCE_FIRST: Plant = { step: { verb: "or", at: () => [ROOM] }, until: [] };

/** The bell is exchanged before the ringer has said why. */
export const BELL_FIRST: Plant = {
  step: { verb: "or", at: (slot) => others(slot).map((other) => slotAt(other) + RUNG) },
  until: slots.map((slot) => slotAt(slot) + SLOT.bell),
};

/** The bell is armed when the rung rooms have been looked at. */
export const ARM_LAST: Plant = {
  step: { verb: "exchange", at: (slot) => [slotAt(slot) + SLOT.bell] },
  until: [],
};

const asleep = slots.map((slot) => slotAt(slot) + SLOT.sleepingOn);

/** A thread that waits for several words sets the room's bit when it has announced itself. */
export const ENTER_LAST: Plant = { step: { verb: "or", at: () => [ROOM] }, until: asleep };

/** A thread that waits for several words says so on its bell when it has looked at them. */
export const BLOCK_LAST: Plant = {
  step: { verb: "exchange", at: (slot) => [slotAt(slot) + SLOT.bell] },
  until: asleep,
};

/** Words on which one step of the process in a slot comes too late. */
export class Tardy implements WordMemory {
  readonly #words: WordMemory;
  readonly #verb: "or" | "exchange";
  readonly #at: readonly WordIndex[];
  readonly #until: readonly WordIndex[];
  #late: (() => void)[] = [];

  constructor(words: WordMemory, { step, until }: Plant, slot: number) {
    this.#words = words;
    this.#verb = step.verb;
    this.#at = step.at(slot);
    this.#until = until;
  }

  /** Does what is late. */
  catchUp(): void {
    const late = this.#late;
    this.#late = [];
    for (const step of late) step();
  }

  load(at: WordIndex): number {
    return this.#then(at, this.#words.load(at));
  }

  store(at: WordIndex, value: number): void {
    this.#words.store(at, value);
    this.#then(at, 0);
  }

  exchange(at: WordIndex, value: number): number {
    if (this.#isLate("exchange", at)) return this.#postpone(() => this.#words.exchange(at, value));
    return this.#then(at, this.#words.exchange(at, value));
  }

  compareExchange(at: WordIndex, expected: number, replacement: number): number {
    return this.#then(at, this.#words.compareExchange(at, expected, replacement));
  }

  add(at: WordIndex, value: number): number {
    return this.#then(at, this.#words.add(at, value));
  }

  and(at: WordIndex, value: number): number {
    return this.#then(at, this.#words.and(at, value));
  }

  or(at: WordIndex, value: number): number {
    if (this.#isLate("or", at)) return this.#postpone(() => this.#words.or(at, value));
    return this.#then(at, this.#words.or(at, value));
  }

  #isLate(verb: "or" | "exchange", at: WordIndex): boolean {
    return verb === this.#verb && this.#at.includes(at);
  }

  #postpone(step: () => void): number {
    this.#late.push(step);
    return 0;
  }

  #then(at: WordIndex, result: number): number {
    if (this.#until.includes(at)) this.catchUp();
    return result;
  }
}
