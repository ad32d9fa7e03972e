/** Participants that change and look at one stripe, some of whom die, and one who recovers them. */

import type { WordIndex } from "../../../src/memory/words.ts";
import { Copy } from "../../../src/map/copy.ts";
import { Key } from "../../../src/map/key.ts";
import { STRIPE, STRIPE_BITS, TABLE } from "../../../src/map/layout.ts";
import type { Party } from "../../../src/map/party.ts";
import { Stripe } from "../../../src/map/stripe.ts";
import { tableWords } from "../../../src/map/table.ts";
import { explore, type Program, type Report, type View } from "../../model/explore.ts";
import { AT, Ground } from "./ground.ts";

/** What a writer does to its key, one after the other: put the next value, take it out, take all out. */
export type Change = "put" | "delete" | "clear";

/** What a model of a map varies. */
export interface MapModel {
  /** What each writer does; it has a key of its own, the first one 1. */
  readonly writers: readonly (readonly Change[])[];
  /** Which key each reader looks for, once or twice. */
  readonly readers?: readonly (readonly number[])[];
  /** How often each updater adds 1 to key 9. */
  readonly updaters?: readonly number[];
  /** Which keys are there in the beginning. */
  readonly before?: readonly number[];
  /** How many slots the first table has (default 3). */
  readonly capacity?: number;
  /** How many slots there is room for in others, of which there are none by default. */
  readonly next?: number;
  /** How many cells there are for entries; who finds none to put leaves it. */
  readonly entries: number;
  /** Whether all keys have one hash, and not one first slot only. */
  readonly sameHash?: boolean;
  readonly deaths?: number;
  readonly preemptions?: number;
  /** Plants a bug. */
  readonly plant?: (party: Party) => Party;
  /** Plants a bug in readers. */
  readonly plantInReaders?: (party: Party) => Party;
}

/** The key that updaters count by. */
export const COUNTER = 9;

function keyOf(number: number, sameHash = false): Key {
  const key = new Key();
  key.words[0] = number;
  key.byteLength = 4;
  // One of three slots for all.
  key.hash = (sameHash ? 1 : 1 + 6 * number) << STRIPE_BITS;
  return key;
}

/** No two keys ever have the same value. */
function valueOf(key: number, changes: number): number {
  return 100 * key + changes;
}

/** Searches the model. */
export function exploreMap(model: MapModel): Report {
  const { writers, readers = [], updaters = [], before = [], deaths = 0, capacity = 3 } = model;
  const plant = model.plant ?? ((party) => party);
  const key = (number: number) => keyOf(number, model.sameHash);
  const users = writers.length + readers.length + updaters.length;
  // How many changes of each writer have begun, and how many are over.
  const begun = (who: number): WordIndex => who;
  const over = (who: number): WordIndex => writers.length + who;
  const ground = new Ground({
    tables: model.next === undefined ? 1 : 2,
    capacity: Math.max(capacity, model.next ?? 0),
    entries: model.entries,
    ghosts: [...writers.map((_, i) => `begun ${i + 1}`), ...writers.map((_, i) => `over ${i + 1}`)],
  });
  ground.prepare((party) => {
    const { words, store, contents } = party;
    const table = store.allocateTable(tableWords(capacity));
    contents.set(table + TABLE.capacity, capacity);
    store.giveTable(table, AT);
    words.store(AT + STRIPE.table, table);
    const stripe = new Stripe(party, AT);
    for (const number of before) {
      stripe.put(key(number), ground.write(party, number, valueOf(number, 0))!, "anything");
    }
  });

  const write = (who: number): Program[] =>
    writers[who].map((change, i) => (verbs) => {
      const party = plant(ground.party(verbs, who));
      const stripe = new Stripe(party, AT);
      const mine = who + 1;
      const entry = change === "put" ? ground.write(party, mine, valueOf(mine, i + 1)) : 0;
      if (entry === undefined) return;
      party.words.store(begun(who), i + 1);
      if (change === "clear") stripe.clear();
      else if (change === "delete") stripe.remove(key(mine), "anything");
      else stripe.put(key(mine), entry, "anything");
      party.words.store(over(who), i + 1);
    });
  const read = (number: number, who: number): Program => (verbs) => {
    const party = (model.plantInReaders ?? plant)(ground.party(verbs, who));
    const { words } = party;
    const isChanged = number <= writers.length;
    const first = isChanged ? words.load(over(number - 1)) : 0;
    const copy = new Copy();
    const found = new Stripe(party, AT).look(key(number), copy, true);
    const last = isChanged ? words.load(begun(number - 1)) : 0;
    const got = found === "nothing" ? undefined : copy.words[0];
    const could = valuesOf(number, first, last);
    verbs.assert(could.includes(got), `${got} is what there was: one of ${could}`);
  };
  /** What a key could have between two of the changes of its writer. */
  const valuesOf = (number: number, first: number, last: number) => {
    const values: (number | undefined)[] = [];
    for (let i = first; i <= last; i++) {
      const isThere = i === 0 ? before.includes(number) : writers[number - 1][i - 1] === "put";
      values.push(isThere ? valueOf(number, i) : undefined);
    }
    // Somebody else may take all out.
    const clears = writers.some((changes) => changes.includes("clear"));
    return clears ? [...values, undefined] : values;
  };
  const update = (who: number): Program => (verbs) => {
    const party = plant(ground.party(verbs, who));
    const stripe = new Stripe(party, AT);
    const copy = new Copy();
    for (;;) {
      const isThere = stripe.look(key(COUNTER), copy, true) !== "nothing";
      const next = isThere ? copy.words[0] + 1 : valueOf(COUNTER, 1);
      const entry = ground.write(party, COUNTER, next)!;
      if (stripe.put(key(COUNTER), entry, isThere ? copy.stamp : "nothing")) return;
      ground.discard(party, entry);
    }
  };
  const recover = (who: number): Program => (verbs) => {
    const party = plant(ground.party(verbs, who));
    ground.recover(verbs, party, users, (dead) => new Stripe(party, AT).bury(dead));
    // Whoever comes next.
    const stripe = new Stripe(party, AT);
    stripe.lock();
    stripe.unlock();
  };

  const firstReader = writers.length;
  const firstUpdater = firstReader + readers.length;
  return explore({
    words: ground.table,
    participants: [
      ...writers.map((_, who) => ({ name: `writer ${who + 1}`, run: write(who) })),
      ...readers.map((keys, i) => ({
        name: `reader ${i + 1}`,
        run: keys.map((number) => read(number, firstReader + i)),
      })),
      ...updaters.map((times, i) => ({
        name: `updater ${i + 1}`,
        run: Array(times).fill(update(firstUpdater + i)),
      })),
      ...Array.from({ length: deaths }, (_, i) => ({
        name: `recoverer ${i + 1}`,
        run: recover(users + i),
        startsAfter: i + 1,
      })),
    ],
    outcomes: {
      "the lock is free": (state) => state.word(ground.place(AT + STRIPE.lock)) === 0,
      "what lies inside is what is named, and counted": (state) =>
        typeof ground.contents(state) !== "string",
      "each key has its last value": (state) => {
        const contents = ground.contents(state);
        return typeof contents === "string" ||
          [...before, ...writers.map((_, who) => who + 1)].every((number) => {
            const isChanged = number <= writers.length;
            const [first, last] = isChanged
              ? [over, begun].map((ghost) => state.word(ground.place(ghost(number - 1))))
              : [0, 0];
            return number === COUNTER ||
              valuesOf(number, first, last).includes(contents.get(number));
          });
      },
      "nothing that was added is lost": (state) => isCounted(state, ground, model),
    },
    deaths,
    maxSteps: 2000,
    patience: false,
    ...(model.preemptions !== undefined && { preemptions: model.preemptions }),
  });
}

function isCounted(state: View, ground: Ground, { updaters = [], deaths = 0 }: MapModel): boolean {
  const contents = ground.contents(state);
  if (updaters.length === 0 || typeof contents === "string") return true;
  const all = updaters.reduce((sum, times) => sum + times, 0);
  const counted = (contents.get(COUNTER) ?? valueOf(COUNTER, 0)) - valueOf(COUNTER, 0);
  return counted <= all && counted >= all - (deaths === 0 ? 0 : Math.max(...updaters));
}
