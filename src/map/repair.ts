/**
 * Repair: what a process that was killed with the lock of a stripe in its hand has left there.
 *
 * A change has either happened or not, by one word. What was fresh and is not in the stripe is freed, and so is what
 * was doomed and is not in it any more. Can be repeated by another if this one dies.
 */
import type { WordIndex } from "../memory/words.ts";
import { EMPTY, SLOT, STRIPE } from "./layout.ts";
import type { Party } from "./party.ts";
import { isEntry, slotsOf } from "./table.ts";

/** Puts a stripe right whose lock was taken over from the dead. */
export function repair(party: Party, stripe: WordIndex): void {
  const { words } = party;
  // The dead one may have published something without saying so.
  words.add(stripe + STRIPE.version, 1);
  for (const word of [STRIPE.fresh, STRIPE.doomed]) {
    const place = words.load(stripe + word);
    if (place < 0) collectTable(party, stripe, -place);
    else if (place > 0) collectEntry(party, stripe, place);
  }
  count(party, stripe);
  words.store(stripe + STRIPE.fresh, 0);
  words.store(stripe + STRIPE.doomed, 0);
}

/** Frees a table that is not its stripe's any more. */
export function collectTable({ words, store }: Party, stripe: WordIndex, table: WordIndex): void {
  const current = words.load(stripe + STRIPE.table);
  if (table === current || !store.isInside(table, stripe)) return;
  // What was in it is in the one that has taken its place, if one has.
  if (current === 0) {
    for (const slot of slotsOf(words, table)) {
      const entry = words.load(slot + SLOT.entry);
      if (isEntry(entry) && store.isInside(entry, stripe)) store.freeEntry(entry, stripe);
    }
  }
  store.freeTable(table);
}

function collectEntry({ words, store }: Party, stripe: WordIndex, entry: WordIndex): void {
  for (const slot of slotsOf(words, words.load(stripe + STRIPE.table))) {
    if (words.load(slot + SLOT.entry) === entry) return;
  }
  if (store.isInside(entry, stripe)) store.freeEntry(entry, stripe);
}

function count({ words }: Party, stripe: WordIndex): void {
  let [live, used] = [0, 0];
  for (const slot of slotsOf(words, words.load(stripe + STRIPE.table))) {
    const entry = words.load(slot + SLOT.entry);
    if (entry !== EMPTY) used++;
    if (isEntry(entry)) live++;
  }
  words.store(stripe + STRIPE.live, live);
  words.store(stripe + STRIPE.used, used);
}
