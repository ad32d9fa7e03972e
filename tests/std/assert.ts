/**
 * A stand-in for `@std/assert` where JSR cannot be reached, and on Bun and Node: the names and
 * signatures that the tests use, over `node:assert/strict`.
 */

import strict, { AssertionError } from "node:assert/strict";

export { AssertionError };

/** Any class, abstract ones included. */
// deno-lint-ignore no-explicit-any
export type AnyClass<T = any> = abstract new (...args: any[]) => T;

// Node does not take an undefined message for none.
function rest(message?: string): [] | [string] {
  return message === undefined ? [] : [message];
}

function reject(message: string, note?: string): never {
  throw new AssertionError({ message: note === undefined ? message : `${message}: ${note}` });
}

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) reject(msg || "Expected a truthy value");
}

/** Fails if `expr` is truthy. */
export function assertFalse(expr: unknown, msg = ""): void {
  if (expr) reject(msg || "Expected a falsy value");
}

/** Fails unless the two are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  strict.deepStrictEqual(actual, expected, ...rest(msg));
}

/** Fails if the two are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  strict.notDeepStrictEqual(actual, expected, ...rest(msg));
}

/** Fails unless the two are the same value. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  strict.strictEqual(actual, expected, ...rest(msg));
}

/** Fails unless `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T extends AnyClass>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  reject(`Expected an instance of "${expectedType.name}", got ${describe(actual)}`, msg);
}

/** Fails unless `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) reject(`Expected "${actual}" to match ${expected}`, msg);
}

/** Fails unless `expected` is a part of `actual`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) reject(`Expected "${actual}" to include "${expected}"`, msg);
}

/** Fails always. */
export function fail(msg = ""): never {
  reject(msg || "Failed");
}

/** Fails always: this line cannot be reached. */
export function unreachable(msg = ""): never {
  reject(msg || "Unreachable");
}

/** A value as it is named in a message. */
export function describe(value: unknown): string {
  if (typeof value === "object" && value !== null) {
    const name = value.constructor?.name ?? "object without a prototype";
    return value instanceof Error ? `${name} "${value.message}"` : name;
  }
  return `${typeof value} "${String(value)}"`;
}

export { assertIsError, assertRejects, assertThrows } from "./assert_errors.ts";
export {
  assertAlmostEquals,
  assertArrayIncludes,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertObjectMatch,
} from "./assert_relations.ts";
