/** The task that costs nothing but its way; the default export is for pools that take a file. */

/** Returns its argument. */
export default function echo(n: number): number {
  return n;
}
