/** What something hosted holds at first, or is given at once, checked and as it is sent. */
import { checkIterable, shown } from "../parking/checks.ts";
import { seal } from "./sealed.ts";

/**
 * The entries of a dict.
 *
 * @param act What they are needed for, as in `"make a dict"`.
 * @throws {TypeError} if they cannot be gone through, or one of them is no pair.
 */
export function packedEntries(act: string, entries: Iterable<readonly unknown[]>): unknown[] {
  checkIterable(act, "entries", entries);
  return Array.from(entries, (entry, i) => {
    // A text of two letters could be taken apart, too.
    if (typeof entry !== "object" || typeof entry?.[Symbol.iterator] !== "function") {
      throw new TypeError(`Cannot ${act}: entries[${i}] must be a pair, got ${shown(entry)}`);
    }
    const [key, value] = entry;
    return [seal(key, "key"), seal(value)];
  });
}

/**
 * The items of a list or a set.
 *
 * @throws {TypeError} if they cannot be gone through.
 */
export function packedItems(act: string, items: Iterable<unknown>): unknown[] {
  checkIterable(act, "items", items);
  return Array.from(items, (item) => seal(item, "item"));
}

/**
 * The properties of a namespace.
 *
 * @throws {TypeError} if they are not those of an object.
 */
export function packedProperties(act: string, initial: object): unknown[] {
  if (typeof initial !== "object" || initial === null) {
    throw new TypeError(`Cannot ${act}: initial must be an object, got ${shown(initial)}`);
  }
  return Object.entries(initial).map(([name, value]) => [name, seal(value)]);
}
