/**
 * The two words that say how far a channel was written and read: `tail` and `head`.
 *
 * | bits | in `tail` | in `head` |
 * | --- | --- | --- |
 * | 0 MARK | a taker may sleep on this word | a putter may sleep on this word |
 * | 1 CLOSED | nothing will be put any more | the same, told to who sleeps here |
 * | 2 PARITY | which copy of `tailAt` and `tailEnd` is valid | which copy of `headAt` is |
 * | 3–31 | the weight of all that was put, modulo 2^29 | the weight of all that was taken |
 *
 * | who | does to `tail` | does to `head` |
 * | --- | --- | --- |
 * | a put | adds its weight, turns PARITY, takes MARK away | looks |
 * | a take | looks | adds its weight, turns PARITY, takes MARK away |
 * | a taker about to sleep | adds MARK | looks |
 * | a putter about to sleep | looks | adds MARK |
 * | close | adds CLOSED | adds CLOSED |
 *
 * Invariant: `head` never passes `tail`. What a put or a take prepares goes into the copies that are not
 * valid, so one compare-exchange of the word is all of it: before it nothing has happened, after it everything.
 */

/** A value of `tail` or `head`. */
export type Position = number;

/** Somebody may sleep on the word. */
export const MARK = 1;
/** Nothing will be put any more. */
export const CLOSED = 2;
const PARITY = 4;
/** A weight of 1, as it stands in a position. */
export const UNIT = 8;
const WEIGHT_MASK = ~(UNIT - 1);

/** The most that a channel can hold: distances are told from their opposites. */
export const LARGEST_CAPACITY: number = 2 ** 28 - 1;

/** Which of two copies is valid: 0 or 1. */
export function validCopy(position: Position): number {
  return (position & PARITY) >>> 2;
}

/** The position behind something of this weight; nobody sleeps there yet. */
export function advance(position: Position, weight: number): Position {
  const flags = (position & CLOSED) | (~position & PARITY);
  return ((position & WEIGHT_MASK) + weight * UNIT) | flags;
}

/** How much lies between two positions: negative if `head` was read later than `tail`, and passed it. */
export function distance(tail: Position, head: Position): number {
  return (((tail & WEIGHT_MASK) - (head & WEIGHT_MASK)) | 0) / UNIT;
}
