/** Bugs to plant under the real stripe. */

import { ENTRY, STRIPE } from "../../../src/map/layout.ts";
import type { Party } from "../../../src/map/party.ts";
import { AT, isInEntry, isSlot } from "./ground.ts";

const VERSION = AT + STRIPE.version;

/** The version grows before the moment of the change. */
export function growsFirst(party: Party): Party {
  const { words } = party;
  let steps: (() => void)[] = [];
  const flush = () => {
    for (const step of steps) step();
    steps = [];
  };
  return {
    ...party,
    words: {
      ...words,
      store(at, value) {
        if (isSlot(at)) return void steps.push(() => words.store(at, value));
        words.store(at, value);
        if (at === VERSION) flush();
      },
      add(at, value) {
        const before = words.add(at, value);
        if (at === VERSION) flush();
        return before;
      },
    },
  };
}

/** The version grows after what was doomed has been freed. */
export function growsLast(party: Party): Party {
  const { words, store } = party;
  let step = () => {};
  return {
    ...party,
    words: {
      ...words,
      store(at, value) {
        if (at === VERSION) step = () => words.store(at, value);
        else words.store(at, value);
      },
      add(at, value) {
        if (at !== VERSION) return words.add(at, value);
        step = () => void words.add(at, value);
        return 0;
      },
    },
    store: {
      ...store,
      freeEntry(entry, stripe) {
        store.freeEntry(entry, stripe);
        step();
      },
    },
  };
}

/** A reader believes what it has read. */
export function looksOnce(party: Party): Party {
  const { words } = party;
  let version: number | undefined;
  const load = (at: number) => at === VERSION ? version ??= words.load(at) : words.load(at);
  return { ...party, words: { ...words, load } };
}

/** Who takes a lock over does not know what was fresh and doomed. */
export function repairsNothing(party: Party): Party {
  const { words } = party;
  const load = (at: number) =>
    at === AT + STRIPE.fresh || at === AT + STRIPE.doomed ? 0 : words.load(at);
  return { ...party, words: { ...words, load } };
}

/** An entry becomes the stripe's after it was published. */
export function givesLate(party: Party): Party {
  const { words, store } = party;
  let step = () => {};
  return {
    ...party,
    words: {
      ...words,
      store(at, value) {
        words.store(at, value);
        if (isSlot(at)) step();
      },
    },
    store: {
      ...store,
      giveEntry(entry, stripe) {
        step = () => store.giveEntry(entry, stripe);
      },
    },
  };
}

/** All entries have one stamp. */
export function stampsAlike(party: Party): Party {
  const { contents } = party;
  const set: typeof contents.set = (at, value) =>
    contents.set(at, isInEntry(at, ENTRY.stamp) ? 7 : value);
  return { ...party, contents: { ...contents, set } };
}

/** Everybody is taken for dead. */
export function believesInDeath(party: Party): Party {
  return { ...party, isAlive: () => false };
}
