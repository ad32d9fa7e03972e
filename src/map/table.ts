/** The slots of a table, for who holds the lock of its stripe. */
import type { WordIndex, WordMemory } from "../memory/words.ts";
import type { Key } from "./key.ts";
import { DELETED, EMPTY, ENTRY, SLOT, STRIPE_BITS, TABLE, wordsOf } from "./layout.ts";
import type { Party } from "./party.ts";

/** How many words a table has. */
export function tableWords(capacity: number): number {
  return TABLE.slots + capacity * SLOT.size;
}

/** The slot where one begins to look for a hash; its last bits say the stripe. */
export function firstSlot(table: WordIndex, capacity: number, hash: number): WordIndex {
  return table + TABLE.slots + (hash >>> STRIPE_BITS) % capacity * SLOT.size;
}

/** Whether a slot has an entry. */
export function isEntry(word: number): boolean {
  return word !== EMPTY && word !== DELETED;
}

/** The slot of a key; 0 if it is not there. */
export function findSlot({ words, contents }: Party, table: WordIndex, key: Key): WordIndex {
  if (table === 0) return 0;
  const capacity = words.load(table + TABLE.capacity);
  const end = table + tableWords(capacity);
  const keyWords = wordsOf(key.byteLength);
  let slot = firstSlot(table, capacity, key.hash);
  for (let probes = 0; probes < capacity; probes++) {
    const entry = words.load(slot + SLOT.entry);
    if (entry === EMPTY) return 0;
    if (entry !== DELETED && words.load(slot + SLOT.hash) === key.hash) {
      const at = entry + words.load(entry + ENTRY.cargo);
      if (
        words.load(at + ENTRY.keyBytes) === key.byteLength &&
        contents.equals(at + ENTRY.size, key.words, keyWords)
      ) {
        return slot;
      }
    }
    slot += SLOT.size;
    if (slot === end) slot = table + TABLE.slots;
  }
  return 0;
}

/** The first slot without an entry for a hash; there is one. */
export function findVacancy(words: WordMemory, table: WordIndex, hash: number): WordIndex {
  const capacity = words.load(table + TABLE.capacity);
  const end = table + tableWords(capacity);
  let slot = firstSlot(table, capacity, hash);
  while (isEntry(words.load(slot + SLOT.entry))) {
    slot += SLOT.size;
    if (slot === end) slot = table + TABLE.slots;
  }
  return slot;
}

/** All slots of a table. */
export function* slotsOf(words: WordMemory, table: WordIndex): Generator<WordIndex> {
  if (table === 0) return;
  const end = table + tableWords(words.load(table + TABLE.capacity));
  for (let slot = table + TABLE.slots; slot < end; slot += SLOT.size) yield slot;
}

/**
 * A table of this process with the entries of another.
 *
 * @param from The other, or 0.
 * @throws {OutOfMemoryError} if there is no room.
 */
export function copyTable(
  { words, contents, store }: Party,
  from: WordIndex,
  capacity: number,
): WordIndex {
  const size = tableWords(capacity);
  const table = store.allocateTable(size);
  contents.set(table + TABLE.capacity, capacity);
  for (let word = TABLE.slots; word < size; word++) contents.set(table + word, EMPTY);
  for (const slot of slotsOf(words, from)) {
    const entry = words.load(slot + SLOT.entry);
    if (!isEntry(entry)) continue;
    const hash = words.load(slot + SLOT.hash);
    const vacancy = findVacancy(words, table, hash);
    contents.set(vacancy + SLOT.hash, hash);
    contents.set(vacancy + SLOT.entry, entry);
  }
  return table;
}
