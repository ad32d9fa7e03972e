/** What is told of the calls of a chunk of which nothing came, when an error does not end the others. */

/** Their places, and of the first of them `THREW` or `UNSENDABLE` and what is said there: no other error is told. */
export interface Mishaps {
  /** In the order in which they became known. */
  readonly places: number[];
  /** The first in the chunk. */
  index: number;
  outcome: number;
  why: unknown;
}

/**
 * Adds one.
 *
 * @param why Says what is told of it, if it is the first in the chunk.
 */
export function addMishap(
  mishaps: Mishaps | undefined,
  index: number,
  outcome: number,
  why: () => unknown,
): Mishaps {
  if (mishaps === undefined) return { places: [index], index, outcome, why: why() };
  mishaps.places.push(index);
  if (index < mishaps.index) Object.assign(mishaps, { index, outcome, why: why() });
  return mishaps;
}
