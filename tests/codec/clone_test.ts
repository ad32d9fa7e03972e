import { assert, assertEquals } from "@std/assert";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { bytesOf, hex, trip } from "./trip.ts";
import { valueOf } from "./values.ts";

test("what arrives is what structuredClone makes, for 5,000 random values", () => {
  for (let seed = 0; seed < 5000; seed++) {
    const value = valueOf(seed);
    assertEquals(difference(structuredClone(value), trip(value)), undefined, `seed ${seed}`);
  }
});

test("what arrives is what structuredClone makes, for deep and wide values", () => {
  for (let seed = 0; seed < 60; seed++) {
    const value = valueOf(seed, { depth: 7 });
    assertEquals(difference(structuredClone(value), trip(value)), undefined, `seed ${seed}`);
  }
});

test("what arrives can be sent on, and stays what it is", () => {
  for (let seed = 0; seed < 500; seed++) {
    const value = valueOf(seed, { errors: true });
    const once = trip(value);
    const twice = trip(once);
    assertEquals(difference(value, once), undefined, `seed ${seed}`);
    assertEquals(difference(once, twice), undefined, `seed ${seed}, twice`);
    // Parts of buffers are whole buffers from the first trip on.
    assert(hex(bytesOf(once)) === hex(bytesOf(twice)), `the bytes of seed ${seed}`);
  }
});

test("difference() sees what it must see", () => {
  const shared = {};
  const loop: unknown[] = [];
  loop.push(loop);
  const buffer = new ArrayBuffer(8);
  const pairs: [unknown, unknown][] = [
    [0, -0],
    ["\ud800", "\ufffd"],
    [[, 1], [undefined, 1]],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }],
    [[shared, shared], [{}, {}]],
    [[{}, {}], [shared, shared]],
    [loop, [[loop]]],
    [new Map([[1, 2]]), new Map([[1, 3]])],
    [new Map([[1, 1], [2, 2]]), new Map([[2, 2], [1, 1]])],
    [new Set([1]), new Set(["1"])],
    [new Date(1), new Date(2)],
    [/a/g, /a/],
    [Object(1), 1],
    [Object("a"), Object("b")],
    [new Int8Array(2), new Uint8Array(2)],
    [new Uint8Array([1]), new Uint8Array([2])],
    [[new Uint8Array(buffer), new Int8Array(buffer)], [new Uint8Array(8), new Int8Array(8)]],
    [Object.assign([1], { a: 1 }), [1]],
    [new Error("a"), new Error("b")],
    [new TypeError("a"), new Error("a")],
  ];
  for (const [i, [a, b]] of pairs.entries()) {
    assert(difference(a, b) !== undefined, `pair ${i}`);
    assert(difference(b, a) !== undefined, `pair ${i}, turned`);
  }
});
