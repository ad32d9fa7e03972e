/** The part of the `@std/assert` stand-in that is about errors. */

import {
  type AnyClass,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
  describe,
  fail,
} from "./assert.ts";

/** Fails unless `error` is an error of this class with this message. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: AnyClass<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  assertInstanceOf(error, Error, msg);
  if (ErrorClass !== undefined) assertInstanceOf(error, ErrorClass, msg);
  if (typeof msgMatches === "string") assertStringIncludes(error.message, msgMatches, msg);
  if (msgMatches instanceof RegExp) assertMatch(error.message, msgMatches, msg);
}

type Expectation = [ErrorClass: AnyClass<Error>, msgIncludes?: string, msg?: string];

function check(thrown: unknown, expected: Expectation | [msg?: string]): unknown {
  if (typeof expected[0] === "function") {
    const [ErrorClass, msgIncludes, msg] = expected as Expectation;
    assertIsError(thrown, ErrorClass, msgIncludes, msg);
  }
  return thrown;
}

function note(expected: Expectation | [msg?: string]): string {
  const msg = typeof expected[0] === "function" ? expected[2] : expected[0];
  return msg === undefined ? "" : `: ${msg}`;
}

/** Fails unless `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless `fn` throws an error of this class with this message; returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: AnyClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  ...expected: Expectation | [msg?: string]
): unknown {
  try {
    fn();
  } catch (thrown) {
    return check(thrown, expected);
  }
  fail(`Expected the function to throw${note(expected)}`);
}

/** Fails unless the promise of `fn` rejects; resolves to the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Fails unless it rejects with an error of this class with this message; resolves to it. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: AnyClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  ...expected: Expectation | [msg?: string]
): Promise<unknown> {
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (thrown) {
    fail(`Expected a rejection, but the function threw ${describe(thrown)}${note(expected)}`);
  }
  let value: unknown;
  try {
    value = await promise;
  } catch (thrown) {
    return check(thrown, expected);
  }
  fail(`Expected a rejection, got ${describe(value)}${note(expected)}`);
}
