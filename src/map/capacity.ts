/**
 * How large tables are. A table of 2^k - 2 slots fills a cell or a run of 2^(k + 3) bytes to its end, header
 * included; the largest is as large as runs are.
 */
import { OutOfMemoryError } from "../errors.ts";

const SMALLEST = 3;
const LARGEST = 17;

function capacityOf(k: number): number {
  return 2 ** k - 2;
}

/** How many entries a stripe can have: 7/8 of the largest table, so that looking stays a matter of a few slots. */
export const MOST_ENTRIES: number = Math.floor(7 / 8 * capacityOf(LARGEST));

/** The capacity for so many entries, which are not too many: at most half of it is in use then, if it is not the largest. */
export function capacityFor(entries: number): number {
  for (let k = SMALLEST; k < LARGEST; k++) {
    if (2 * entries <= capacityOf(k)) return capacityOf(k);
  }
  return capacityOf(LARGEST);
}

/**
 * Makes sure that so many entries can have one more.
 *
 * @throws {OutOfMemoryError} if not.
 */
export function assertNotFull(entries: number): void {
  if (entries < MOST_ENTRIES) return;
  throw new OutOfMemoryError(
    `Cannot add to the map: the part of it that the key belongs to has ${entries} entries, ` +
      `it can have ${MOST_ENTRIES}`,
  );
}

/**
 * Whether so many slots in use are too many to find anything quickly. Between the most entries and this lies room for
 * slots that are DELETED, so that a full table need not be copied with every change.
 */
export function isCrowded(used: number, capacity: number): boolean {
  return capacity === capacityOf(LARGEST) ? 16 * used > 15 * capacity : 4 * used > 3 * capacity;
}

/** Whether a table is far too large for so many entries. */
export function isSparse(entries: number, capacity: number): boolean {
  return capacity > capacityOf(SMALLEST) && 8 * entries < capacity;
}
