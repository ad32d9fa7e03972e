import { assertEquals, assertThrows } from "@std/assert";
import { runInNewContext } from "node:vm";
import { SerializationError } from "../../src/errors.ts";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { trip } from "./trip.ts";

// Test runners, and whoever else uses contexts, pass objects whose classes are not ours.

test("what another realm made arrives as ours", () => {
  const make = `[
    { a: [1, , 2] }, new Map([[1, { b: 2 }]]), new Set([1]), new Date(5), /a/g, Object(7n),
    new Uint8Array([1, 2]), new DataView(new ArrayBuffer(3)), new ArrayBuffer(2),
    Object.assign(new RangeError("x"), { code: 5, stack: "s" }),
  ]`;
  const theirs = runInNewContext(make);
  const ours = new Function(`return ${make}`)();
  assertEquals(difference(ours, trip(theirs)), undefined);
});

test("what cannot cross cannot cross from another realm either", () => {
  const sources = [
    "Promise.resolve()",
    "new WeakMap()",
    "(function* () {})()",
    "[1].values()",
    "new SharedArrayBuffer(8)",
    "() => 1",
  ];
  for (const source of sources) {
    assertThrows(() => trip(runInNewContext(source)), SerializationError, "cannot cross", source);
  }
});
