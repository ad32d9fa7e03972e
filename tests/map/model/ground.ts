/** The words of a stripe in a model, a few cells for its tables and entries, and a party to use them. */

import { insideOf } from "../../../src/memory/cells.ts";
import type { WordIndex, WordMemory } from "../../../src/memory/words.ts";
import { ENTRY, SLOT, STRIPE, TABLE } from "../../../src/map/layout.ts";
import type { Contents, Party, Store } from "../../../src/map/party.ts";
import { tableWords } from "../../../src/map/table.ts";
import type { Table, Verbs, View } from "../../model/explore.ts";
import { Places, throwUnless } from "../../model/layout.ts";

/** Where the stripe lies. */
export const AT: WordIndex = 16;

/** Where the cells of tables begin, and those of entries. */
const TABLES = 1024;
const ENTRIES = 2048;
const STEP = 64;

/** Keys and values have a word each. */
export const KEY = ENTRY.size;
export const VALUE = ENTRY.size + 1;

/** What all entries have in common, garbage too: they are no words of the model. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [ENTRY.cargo, 0],
  [ENTRY.keyBytes, 4],
  [ENTRY.valueBytes, 4],
  [ENTRY.block, 0],
]);

/** Whether a word is that of a slot which says the entry. */
export function isSlot(at: WordIndex): boolean {
  const word = at < TABLES || at >= ENTRIES ? -1 : (at - TABLES) % STEP - TABLE.slots;
  return word >= 0 && word % SLOT.size === SLOT.entry;
}

/** Whether a word is this one of an entry. */
export function isInEntry(at: WordIndex, word: number): boolean {
  return at >= ENTRIES && (at - ENTRIES) % STEP === word;
}

/** What a model has besides its stripe. */
export interface Sizes {
  /** How many cells for tables. */
  readonly tables: number;
  /** How many slots the largest has. */
  readonly capacity: number;
  /** How many cells for entries. */
  readonly entries: number;
  /** Words that the model adds. */
  readonly ghosts?: readonly string[];
}

/** A stripe and cells, in the words of a model. */
export class Ground {
  table: Table;
  readonly #places = new Places();
  readonly #tables: readonly WordIndex[];
  readonly #entries: readonly WordIndex[];

  constructor({ tables, capacity, entries, ghosts = [] }: Sizes) {
    const declare = (name: string, at: WordIndex) => this.#places.declare(name, at);
    for (const [name, offset] of Object.entries(STRIPE)) {
      if (name !== "size") declare(name, AT + offset);
    }
    ghosts.forEach((name, i) => declare(name, i));
    this.#tables = Array.from({ length: tables }, (_, i) => TABLES + i * STEP);
    this.#entries = Array.from({ length: entries }, (_, i) => ENTRIES + i * STEP);
    this.#tables.forEach((at, i) => {
      declare(`owner of table ${i}`, at - 1);
      declare(`table ${i} capacity`, at + TABLE.capacity);
      for (let word = TABLE.slots; word < tableWords(capacity); word++) {
        declare(`table ${i}[${word}]`, at + word);
      }
    });
    this.#entries.forEach((at, i) => {
      declare(`owner of entry ${i}`, at - 1);
      declare(`entry ${i} stamp`, at + ENTRY.stamp);
      declare(`entry ${i} key`, at + KEY);
      declare(`entry ${i} value`, at + VALUE);
    });
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
    const memory: WordMemory = {
      ...this.#places.memory(verbs),
      // What is read of a place that is not one must not be used; that it is read does no harm.
      load: (at) => {
        const known = this.#places.find(at);
        return known === undefined ? -1 : verbs.words.load(known);
      },
    };
    return {
      ...this.#party(memory, who + 1, (owner) => verbs.alive(owner - 1), verbs.assert),
      waitSync: (waitable) => this.#places.waitSync(verbs, waitable),
      wakeThread: (at) => verbs.kernel.wake(this.place(at), 1),
    };
  }

  /** Allocates an entry for a process of the model and writes it; `undefined` if there is no room. */
  write({ words, self }: Party, key: number, value: number): WordIndex | undefined {
    const entry = this.#entries.find((at) => words.compareExchange(at - 1, 0, self) === 0);
    if (entry === undefined) return undefined;
    words.store(entry + KEY, key);
    words.store(entry + VALUE, value);
    return entry;
  }

  /** Frees an entry of a process of the model. */
  discard({ words }: Party, entry: WordIndex): void {
    words.store(entry - 1, 0);
  }

  /** What a recovery does to the cells of the dead, and to the stripe. */
  recover(verbs: Verbs, party: Party, participants: number, bury: (dead: number) => void): void {
    for (let who = 0; who < participants; who++) {
      if (verbs.alive(who)) continue;
      for (const at of [...this.#tables, ...this.#entries]) {
        party.words.compareExchange(at - 1, who + 1, 0);
      }
      bury(who + 1);
    }
    verbs.kernel.wake(this.place(AT + STRIPE.lock), 2 ** 30);
  }

  /** The values by key, and whether all else is as it should be. */
  contents(state: View): Map<number, number> | string {
    const load = (at: WordIndex) => state.word(this.place(at));
    const inside = [...this.#tables, ...this.#entries]
      .filter((at) => load(at - 1) === insideOf(AT));
    const named: WordIndex[] = [];
    const values = new Map<number, number>();
    const current = load(AT + STRIPE.table);
    let used = 0;
    if (current !== 0) {
      named.push(current);
      const end = current + tableWords(load(current + TABLE.capacity));
      for (let slot = current + TABLE.slots; slot < end; slot += SLOT.size) {
        const entry = load(slot + SLOT.entry);
        if (entry !== 0) used++;
        if (entry <= 1) continue;
        named.push(entry);
        const key = load(entry + KEY);
        if (values.has(key)) return `key ${key} is there twice`;
        values.set(key, load(entry + VALUE));
      }
    }
    if (inside.length !== named.length || !named.every((at) => inside.includes(at))) {
      return `inside is ${inside}, named are ${named}`;
    }
    const [live, isUsed] = [load(AT + STRIPE.live), load(AT + STRIPE.used)];
    if (live !== values.size || isUsed !== used) {
      return `${values.size} live and ${used} used, counted as ${live} and ${isUsed}`;
    }
    const all = [...this.#tables, ...this.#entries].filter((at) => load(at - 1) !== 0);
    return all.length === inside.length ? values : `${all} are not free, inside are ${inside}`;
  }

  #party(
    words: WordMemory,
    self: number,
    isAlive: (owner: number) => boolean,
    assert: (fact: boolean, message: string) => void,
  ): Party {
    const fixed: WordMemory = {
      ...words,
      load: (at) =>
        (at >= ENTRIES ? FIXED.get((at - ENTRIES) % STEP) : undefined) ?? words.load(at),
    };
    return {
      words: fixed,
      contents: contentsOf(words),
      store: this.#store(words, self, assert),
      self,
      isAlive,
      fence: () => {},
      waitSync: () => {
        throw new Error("nobody else is there");
      },
      wakeThread: () => {},
    };
  }

  #store(
    words: WordMemory,
    self: number,
    assert: (fact: boolean, message: string) => void,
  ): Store {
    const give = (place: WordIndex, stripe: WordIndex) =>
      assert(
        words.compareExchange(place - 1, self, insideOf(stripe)) === self,
        `gives ${place}, which is not its own`,
      );
    const free = (place: WordIndex) =>
      assert(words.exchange(place - 1, 0) === insideOf(AT), `frees ${place}, which is not inside`);
    return {
      allocateTable: () => {
        const found = this.#tables.find((at) => words.compareExchange(at - 1, 0, self) === 0);
        if (found === undefined) throw new Error("the model has too few cells for tables");
        return found;
      },
      isInside: (place, stripe) => words.load(place - 1) === insideOf(stripe),
      giveTable: give,
      giveEntry: give,
      freeTable: free,
      freeEntry: free,
      settle: () => {},
    };
  }
}

function contentsOf(words: WordMemory): Contents {
  return {
    set: (at, value) => words.store(at, value),
    read(at, into, count) {
      for (let i = 0; i < count; i++) into[i] = words.load(at + i);
    },
    equals(at, these, count) {
      for (let i = 0; i < count; i++) if (words.load(at + i) !== these[i]) return false;
      return true;
    },
  };
}
