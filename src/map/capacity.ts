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

/**
 * The capacity for so many entries: at most half of it is in use then, or 7/8 of the largest.
 *
 * @throws {OutOfMemoryError} if there is none.
 */
export function capacityFor(entries: number): number {
  for (let k = SMALLEST; k <= LARGEST; k++) {
    if (2 * entries <= capacityOf(k)) return capacityOf(k);
  }
  const most = Math.floor(7 / 8 * capacityOf(LARGEST));
  if (entries <= most) return capacityOf(LARGEST);
  throw new OutOfMemoryError(
    `Cannot add to the map: this part of it has ${entries - 1} entries, it can have ${most}`,
  );
}

/** Whether so many slots in use are too many to find anything quickly. */
export function isCrowded(used: number, capacity: number): boolean {
  return capacity === capacityOf(LARGEST) ? 8 * used > 7 * capacity : 4 * used > 3 * capacity;
}

/** Whether a table is far too large for so many entries. */
export function isSparse(entries: number, capacity: number): boolean {
  return capacity > capacityOf(SMALLEST) && 8 * entries < capacity;
}
