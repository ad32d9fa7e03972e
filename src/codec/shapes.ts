/**
 * The lists of keys of a message, in the order in which they were met.
 *
 * Objects of one shape follow each other, so only the latest few are compared; that bounds the time
 * for a message in which every object has keys of its own.
 */

const LOOK_BACK = 8;

/** Numbers lists of keys. */
export class Shapes {
  #lists: (readonly string[])[] = [];

  /** The number of a list that was met before, or -1 for a new one, which gets the next number. */
  meet(keys: readonly string[]): number {
    const lists = this.#lists;
    const last = lists.length - 1;
    const first = Math.max(0, last - LOOK_BACK + 1);
    for (let i = last; i >= first; i--) {
      if (equal(lists[i]!, keys)) return i;
    }
    lists.push(keys);
    return -1;
  }

  /** Forgets everything. */
  clear(): void {
    if (this.#lists.length > 0) this.#lists = [];
  }
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
