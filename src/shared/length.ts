/** Lengths, as they are given at the public edge. */
import { shown } from "../parking/checks.ts";

/**
 * A length in elements.
 *
 * @throws {RangeError} if it is not an integer from 0.
 */
export function checkLength(act: string, length: number): number {
  if (Number.isSafeInteger(length) && length >= 0) return length;
  throw new RangeError(`Cannot ${act}: length must be an integer from 0, got ${shown(length)}`);
}
