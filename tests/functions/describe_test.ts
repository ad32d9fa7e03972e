import { assert, assertEquals, assertThrows } from "@std/assert";
import { describeClass, describeFunction } from "../../src/functions/describe.ts";
import { test } from "../support/harness.ts";

test("what is not a function is refused", () => {
  const cases: [unknown, string][] = [
    [undefined, "undefined"],
    [null, "null"],
    [3, "3"],
    ["add", '"add"'],
    [{}, "[object Object]"],
    [Symbol("s"), "Symbol(s)"],
  ];
  for (const [value, shown] of cases) {
    assertThrows(
      () => describeFunction(value),
      TypeError,
      `Cannot send function: expected a function, got ${shown}`,
    );
    assertThrows(() => describeClass(value), TypeError, `expected a class, got ${shown}`);
  }
});

test("a bound function is refused, and says what to send instead", () => {
  function add(this: number, a: number) {
    return this + a;
  }
  assertThrows(
    () => describeFunction(add.bind(1)),
    TypeError,
    'Cannot send function "bound add": a bound function does not say what it is bound to; ' +
      "send the function itself, and what it is bound to as an argument",
  );
});

test("native code that no global leads to is refused", () => {
  const { resolve } = Promise.withResolvers();
  assertThrows(
    () => describeFunction(resolve),
    TypeError,
    "it is native code, and no global leads to it; call it in an exported function of your own",
  );
  assertThrows(() => describeFunction(new Proxy(() => {}, {})), TypeError, "it is native code");
});

test("a function is described once", () => {
  const add = (a: number, b: number) => a + b;
  const reference = describeFunction(add, ["file:///a.ts"]);
  assert(Object.isFrozen(reference));
  assert(describeFunction(add, ["file:///b.ts"]) === reference);
  assertEquals(JSON.parse(JSON.stringify(reference)), reference);
});

test("the main module is looked in last, and once", () => {
  function first() {}
  assertEquals(describeFunction(first, ["file:///a.ts"], "file:///main.ts").urls, [
    "file:///a.ts",
    "file:///main.ts",
  ]);
  function second() {}
  assertEquals(describeFunction(second, ["file:///main.ts"], "file:///main.ts").urls, [
    "file:///main.ts",
  ]);
});

test("a function with a toString of its own is described by its real text", () => {
  const sly = Object.assign(() => 1, { toString: () => "() => 2" });
  assert(describeFunction(sly, []).text.includes("1"));
});
