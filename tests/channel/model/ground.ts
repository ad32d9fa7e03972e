/** The words of a channel in a model, a few cells for its segments and parcels, and a party to use them. */

import { insideOf } from "../../../src/memory/cells.ts";
import type { PlainMemory, WordIndex, WordMemory } from "../../../src/memory/words.ts";
import { CHANNEL, PIECES } from "../../../src/channel/layout.ts";
import type { Party, Store } from "../../../src/channel/party.ts";
import { Sides } from "../../../src/channel/sides.ts";
import type { Table, Verbs, View } from "../../model/explore.ts";
import { Places, plainWords, throwUnless } from "../../model/layout.ts";

/** Where the channel lies. */
export const AT: WordIndex = 8;

/** Where a second one lies, if there is one. */
export const SECOND: WordIndex = AT + CHANNEL.size;

/** Where words lie that are of no channel. */
export const OTHERS: WordIndex = SECOND + CHANNEL.size;

/** Where the first cell begins; the others follow in steps of CELL_STEP. */
const CELLS = 1024;
const CELL_STEP = 16;

/** A channel and cells, in the words of a model. */
export class Ground {
  table: Table;
  readonly #places = new Places();
  readonly #cells: number;
  readonly #cellWords: number;
  readonly #channels: readonly WordIndex[];

  /**
   * @param channels Where channels lie.
   * @param others Names of words behind OTHERS.
   */
  constructor(
    cells: number,
    cellWords: number,
    channels: readonly WordIndex[] = [AT],
    others: readonly string[] = [],
  ) {
    this.#cells = cells;
    this.#channels = channels;
    this.#cellWords = cellWords;
    const declare = (name: string, at: WordIndex) => this.#places.declare(name, at);
    for (const at of channels) {
      const of = at === AT ? "" : " 2";
      for (const [name, offset] of Object.entries(CHANNEL)) {
        if (name === "size") continue;
        declare(`${name}${of}`, at + offset);
        for (let i = 1; name === "pieces" && i < PIECES; i++) {
          declare(`pieces[${i}]${of}`, at + offset + i);
        }
        if (!["tailAt", "tailEnd", "headAt"].includes(name)) continue;
        declare(`${name}'${of}`, at + offset + 1);
      }
    }
    others.forEach((name, i) => declare(name, OTHERS + i));
    for (let cell = 0; cell < cells; cell++) {
      declare(`owner of cell ${cell}`, cellAt(cell) - 1);
      for (let i = 0; i < cellWords; i++) declare(`cell ${cell}[${i}]`, cellAt(cell) + i);
    }
    this.table = this.#places.table();
  }

  /** Where a word is in the model. */
  place(at: WordIndex): number {
    return this.#places.place(at);
  }

  /** Gives words their first values, by what a program does while nobody else does anything. */
  prepare(act: (party: Party) => void): this {
    this.table = this.#places.prepared(
      this.table,
      (words) => act(this.#party(words, 1, () => true, throwUnless)),
    );
    return this;
  }

  /** A process of the model as a party. */
  party(verbs: Verbs, who: number): Party {
    const memory = this.#places.memory(verbs);
    return {
      ...this.#party(memory, who + 1, (owner) => verbs.alive(owner - 1), verbs.assert),
      waitSync: (waitable) => this.#places.waitSync(verbs, waitable),
      wakeThread: (at) => verbs.kernel.wake(this.place(at), 1),
      wake: (at, count) => verbs.kernel.wake(this.place(at), count),
    };
  }

  /** What a recovery does to the cells of the dead, and to what they held. */
  recover(verbs: Verbs, party: Party, participants: number): void {
    for (let who = 0; who < participants; who++) {
      if (verbs.alive(who)) continue;
      for (let cell = 0; cell < this.#cells; cell++) {
        party.words.compareExchange(cellAt(cell) - 1, who + 1, 0);
      }
      for (const at of this.#channels) new Sides(party, at).bury(who + 1);
    }
    for (const at of this.#channels) {
      for (const lock of [CHANNEL.tailLock, CHANNEL.headLock]) party.wake(at + lock, 2 ** 30);
    }
  }

  /** A state as a party that only looks. */
  look(state: View): Party {
    const words = plainWords((at) => state.word(this.place(at)), () => {
      throw new Error("an invariant writes");
    });
    return this.#party(words, 0, () => true, () => {});
  }

  #party(
    words: WordMemory,
    self: number,
    isAlive: (owner: number) => boolean,
    assert: (fact: boolean, message: string) => void,
  ): Party {
    return {
      words,
      guarded: guardedOf(words),
      store: this.#store(words, self, assert),
      self,
      isAlive,
      waitSync: () => {
        throw new Error("nobody else is there");
      },
      wakeThread: () => {},
      wake: () => {},
    };
  }

  #store(
    words: WordMemory,
    self: number,
    assert: (fact: boolean, message: string) => void,
  ): Store {
    const cells = Array.from({ length: this.#cells }, (_, cell) => cellAt(cell));
    return {
      allocate() {
        const cell = cells.find((at) => words.compareExchange(at - 1, 0, self) === 0);
        assert(cell !== undefined, "the model has too few cells");
        return cell!;
      },
      length: () => this.#cellWords,
      capacity: () => 4 * this.#cellWords,
      isTagged: () => false,
      handOver: (place, from, to) => words.compareExchange(place - 1, from, to) === from,
      free: (place) => assert(words.exchange(place - 1, 0) !== 0, `frees ${place} a second time`),
      inside: (channel) => cells.filter((at) => words.load(at - 1) === insideOf(channel)),
    };
  }
}

function guardedOf(words: WordMemory): PlainMemory {
  return {
    get: (at) => words.load(at),
    set: (at, value) => words.store(at, value),
    read(at, into, count) {
      for (let i = 0; i < count; i++) into[i] = words.load(at + i);
    },
    write(at, from, count) {
      for (let i = 0; i < count; i++) words.store(at + i, from[i]);
    },
  };
}

/** Where a cell begins. */
export function cellAt(cell: number): WordIndex {
  return CELLS + cell * CELL_STEP;
}
