import {
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  AssertionError,
  assertIsError,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { abortable, deadline, delay } from "@std/async";
import { test } from "../support/harness.ts";

test("assertEquals() tells a hole from undefined, -0 from 0, and a Map from a Map", () => {
  assertEquals({ a: [1, new Map([["k", NaN]])] }, { a: [1, new Map([["k", NaN]])] });
  assertNotEquals(new Map([["k", 1]]), new Map([["k", 2]]));
  assertThrows(() => assertEquals<number>(-0, 0), AssertionError);
  assertThrows(() => assertEquals<unknown>(new Uint8Array(1), new Int8Array(1)), AssertionError);
});

test("assertThrows() wants a throw, the class and the message, and returns the error", () => {
  const error = new RangeError("too far");
  const thrower = () => {
    throw error;
  };
  assertStrictEquals(assertThrows(thrower, RangeError, "far"), error);
  assertThrows(() => assertThrows(() => {}), AssertionError);
  assertThrows(() => assertThrows(thrower, TypeError), AssertionError);
  assertThrows(() => assertThrows(thrower, RangeError, "near"), AssertionError);
});

test("assertRejects() wants a rejection, not a throw", async () => {
  const error = await assertRejects(() => Promise.reject(new TypeError("no")), TypeError, "no");
  assertIsError(error, TypeError, /^no$/);
  await assertRejects(() => assertRejects(() => Promise.resolve(1)), AssertionError);
  const thrower = () => {
    throw new Error("at once");
  };
  await assertRejects(() => assertRejects(thrower), AssertionError);
});

test("the relations hold their bounds", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertThrows(() => assertAlmostEquals(1, 1.01, 0.001), AssertionError);
  assertArrayIncludes([{ a: 1 }, { b: 2 }], [{ b: 2 }]);
  assertThrows(() => assertArrayIncludes([1], [2]), AssertionError);
  assertObjectMatch({ a: { b: 1, c: 2 } }, { a: { b: 1 } });
  assertThrows(() => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }), AssertionError);
});

test("deadline() and delay() leave no timer behind", async () => {
  assertEquals(await deadline(Promise.resolve(1), 60_000), 1);
  const never = Promise.withResolvers<void>().promise;
  assertEquals((await assertRejects(() => deadline(never, 1), DOMException)).name, "TimeoutError");
  const controller = new AbortController();
  const slept = delay(60_000, { signal: controller.signal });
  const waited = abortable(never, controller.signal);
  controller.abort(new RangeError("enough"));
  await assertRejects(() => slept, RangeError, "enough");
  await assertRejects(() => waited, RangeError, "enough");
});
