/** Bugs to plant under the real channel. */

import { CHANNEL } from "../../../src/channel/layout.ts";
import type { Party } from "../../../src/channel/party.ts";
import { insideOf } from "../../../src/memory/cells.ts";
import { OWNER_BITS } from "../../../src/memory/owner_id.ts";
import { AT } from "./ground.ts";

const CONTENDED = 2 ** OWNER_BITS;

/** Does a step only after the next compare-exchange of a word. */
function late(party: Party, word: number): { party: Party; postpone(step: () => void): void } {
  let steps: (() => void)[] = [];
  const compareExchange = (at: number, expected: number, replacement: number): number => {
    const before = party.words.compareExchange(at, expected, replacement);
    if (at === AT + word) {
      for (const step of steps) step();
      steps = [];
    }
    return before;
  };
  return {
    party: { ...party, words: { ...party.words, compareExchange } },
    postpone: (step) => void steps.push(step),
  };
}

/** A message is written after it was published. */
export function publishesFirst(original: Party): Party {
  const { party, postpone } = late(original, CHANNEL.tail);
  const { guarded } = original;
  const write: typeof guarded.write = (at, from, count) => {
    const copy = from.slice(0, count);
    postpone(() => guarded.write(at, copy, count));
  };
  return { ...party, guarded: { ...guarded, write } };
}

/** A parcel passes to the channel after its message was published. */
export function handsOverLate(original: Party): Party {
  const { party, postpone } = late(original, CHANNEL.tail);
  const { store } = original;
  const handOver: typeof store.handOver = (place, from, to) => {
    if (to !== insideOf(AT)) return store.handOver(place, from, to);
    postpone(() => store.handOver(place, from, to));
    return true;
  };
  return { ...party, store: { ...store, handOver } };
}

/** A parcel passes to its taker before its message was taken. */
export function takesParcelEarly(party: Party): Party {
  const { guarded, store, self } = party;
  const read: typeof guarded.read = (at, into, count) => {
    guarded.read(at, into, count);
    if (count === 3) store.handOver(into[0], insideOf(AT), self);
  };
  return { ...party, guarded: { ...guarded, read } };
}

/** A put writes to both copies of where the next record begins. */
export function writesBothCopies(party: Party): Party {
  const { guarded } = party;
  const set: typeof guarded.set = (at, value) => {
    guarded.set(at, value);
    const first = AT + CHANNEL.tailAt;
    if (at === first || at === first + 1) guarded.set(2 * first + 1 - at, value);
  };
  return { ...party, guarded: { ...guarded, set } };
}

/** Who takes a lock over repairs nothing. */
export function repairsNothing(party: Party): Party {
  return { ...party, store: { ...party.store, inside: () => [] } };
}

/** Everybody is taken for dead. */
export function believesInDeath(party: Party): Party {
  return { ...party, isAlive: () => false };
}

/** Who has slept takes a lock as if nobody else slept. */
export function forgetsOthers(party: Party): Party {
  const { words } = party;
  const compareExchange = (at: number, expected: number, replacement: number): number =>
    words.compareExchange(at, expected, expected === 0 ? replacement & ~CONTENDED : replacement);
  return { ...party, words: { ...words, compareExchange } };
}
