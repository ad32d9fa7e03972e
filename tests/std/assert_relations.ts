/** The part of the `@std/assert` stand-in that is about order, closeness and inclusion. */

import { isDeepStrictEqual } from "node:util";
import { describe, fail } from "./assert.ts";

function note(msg?: string): string {
  return msg === undefined ? "" : `: ${msg}`;
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) fail(`Expected ${actual} > ${expected}${note(msg)}`);
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) fail(`Expected ${actual} >= ${expected}${note(msg)}`);
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) fail(`Expected ${actual} < ${expected}${note(msg)}`);
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) fail(`Expected ${actual} <= ${expected}${note(msg)}`);
}

/** Fails unless the two differ by at most `tolerance`, by default 10⁻⁷ of `expected`. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const bound = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const difference = Math.abs(expected - actual);
  if (difference <= bound) return;
  fail(
    `Expected ${actual} to be within ${bound} of ${expected}, differs by ${difference}${note(msg)}`,
  );
}

/** Fails unless every item of `expected` is deeply equal to one of `actual`. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) =>
    !items.some((item) => isDeepStrictEqual(item, wanted))
  );
  if (missing.length > 0) {
    fail(`Expected an array to include ${missing.map(describe).join(", ")}${note(msg)}`);
  }
}

/** Fails unless every property of `expected` is in `actual`, objects within compared alike. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  for (const key of Reflect.ownKeys(expected)) {
    const [here, wanted] = [actual[key], expected[key]];
    if (isPlain(here) && isPlain(wanted)) assertObjectMatch(here, wanted, msg);
    else if (!isDeepStrictEqual(here, wanted)) {
      fail(`Expected "${String(key)}" to be ${describe(wanted)}, is ${describe(here)}${note(msg)}`);
    }
  }
}

function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}
