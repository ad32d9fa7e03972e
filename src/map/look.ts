/**
 * Looking for a key without a lock.
 *
 * What is read may be freed meanwhile, and be somebody's data. So before anything that was read is taken for the
 * place of something else, and before it is told, the version of the stripe is looked at again: nothing is freed
 * before that has grown. The argument stands in this folder's README.md.
 */
import type { WordIndex } from "../memory/words.ts";
import type { Copy } from "./copy.ts";
import type { Key } from "./key.ts";
import { DELETED, EMPTY, ENTRY, SLOT, STRIPE, TABLE, wordsOf } from "./layout.ts";
import type { Party } from "./party.ts";
import { firstSlot, tableWords } from "./table.ts";

/**
 * What a look has found: nothing; an entry, its value copied; one whose value can be read under the lock
 * only, because it is in a block or mentions shared objects.
 */
export type Found = "nothing" | "copied" | "held back";

/**
 * Looks for a key in a stripe; `undefined` if the stripe has changed meanwhile.
 *
 * @param copy Where the stamp goes, and the value.
 * @param wantsValue Whether it is copied.
 */
export function look(
  { words, contents, fence }: Party,
  stripe: WordIndex,
  key: Key,
  copy: Copy,
  wantsValue: boolean,
): Found | undefined {
  const version = words.load(stripe + STRIPE.version);
  // OBSERVE table
  const table = words.load(stripe + STRIPE.table);
  if (table === 0) return "nothing";
  const capacity = words.load(table + TABLE.capacity);
  if (words.load(stripe + STRIPE.version) !== version) return undefined;
  const end = table + tableWords(capacity);
  const keyWords = wordsOf(key.byteLength);
  let slot = firstSlot(table, capacity, key.hash);
  for (let probes = 0; probes < capacity; probes++) {
    // OBSERVE entry
    const entry = words.load(slot + SLOT.entry);
    if (entry === EMPTY) break;
    if (entry !== DELETED && words.load(slot + SLOT.hash) === key.hash) {
      if (words.load(stripe + STRIPE.version) !== version) return undefined;
      const cargo = words.load(entry + ENTRY.cargo);
      if (words.load(stripe + STRIPE.version) !== version) return undefined;
      const at = entry + cargo;
      if (
        words.load(at + ENTRY.keyBytes) === key.byteLength &&
        contents.equals(at + ENTRY.size, key.words, keyWords)
      ) {
        copy.stamp = words.load(at + ENTRY.stamp);
        const byteLength = words.load(at + ENTRY.valueBytes);
        const isHeldBack = cargo > 0 || words.load(at + ENTRY.block) !== 0;
        if (words.load(stripe + STRIPE.version) !== version) return undefined;
        if (wantsValue && !isHeldBack) {
          copy.reserve(byteLength);
          contents.read(at + ENTRY.size + keyWords, copy.words, wordsOf(byteLength));
        }
        fence();
        if (words.load(stripe + STRIPE.version) !== version) return undefined;
        return isHeldBack ? "held back" : "copied";
      }
    }
    slot += SLOT.size;
    if (slot === end) slot = table + TABLE.slots;
  }
  fence();
  return words.load(stripe + STRIPE.version) === version ? "nothing" : undefined;
}
