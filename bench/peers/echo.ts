/** The task that costs nothing but its way; the default export is for pools that take a file. */

/** Returns its argument. */
export default function echo(n: number): number {
  return n;
}

/** Returns what it would return for each: for pools without a map, who cuts by hand. */
export function echoEach(items: readonly number[]): readonly number[] {
  return items.map(echo);
}
