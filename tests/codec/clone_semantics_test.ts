import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { bytesOf, trip } from "./trip.ts";

function same(value: unknown): void {
  assertEquals(difference(structuredClone(value), trip(value)), undefined);
}

test("an instance of a class arrives as a plain object with its own fields", () => {
  class Point {
    x = 1;
    #hidden = 2;
    get sum() {
      return this.x + this.#hidden;
    }
  }
  same(new Point());
  same(new (class extends Point {})());
  same(Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true } }));
  same(Object.create(null, { own: { value: 1, enumerable: true }, not: { value: 1 } }));
});

test("an instance of a class of a built-in arrives as that built-in", () => {
  same(new (class extends Map<unknown, unknown> {})([[1, 2]]));
  same(new (class extends Set<unknown> {})([1]));
  same(new (class extends Array<unknown> {})(1, 2, 3));
  same(new (class extends Date {})(5));
  same(new (class extends Uint8Array {})(5));
  same(new (class extends RegExp {})("a", "g"));
  same(Object.setPrototypeOf([1, "a"], null));
});

test("what only inherits from a built-in is a plain object", () => {
  for (const { prototype } of [Map, Set, Date, RegExp, Number, ArrayBuffer, Uint8Array, DataView]) {
    same(Object.assign(Object.create(prototype), { own: 1 }));
  }
  same(Object.assign(Object.create(Error.prototype), { own: 1 }));
});

test("symbols, hidden properties and accessors are treated as structuredClone does", () => {
  same({ [Symbol("s")]: 1, a: 2 });
  same(Object.defineProperty({ a: 1 }, "hidden", { value: 2 }));
  let calls = 0;
  const value = {
    get a() {
      return ++calls;
    },
  };
  assertEquals(trip(value), { a: 1 });
  assertEquals(calls, 1);
});

test("a property that a getter deletes is not there, one that it adds neither", () => {
  const make = () => {
    const value: Record<string, unknown> = {
      get a() {
        delete value["b"];
        value["d"] = 4;
        return 1;
      },
      b: 2,
      c: 3,
    };
    return value;
  };
  assertEquals(difference(structuredClone(make()), trip(make())), undefined);
  const list = (): unknown[] => {
    const items: unknown[] = ["0", "1", "2"];
    Object.defineProperty(items, 0, { get: () => delete items[2], enumerable: true });
    return items;
  };
  assertEquals(difference(structuredClone(list()), trip(list())), undefined);
});

test("a map is what it was when it was met", () => {
  const map = new Map<unknown, unknown>();
  map.set("a", {
    get x() {
      map.set("b", 1);
      return 1;
    },
  });
  assertEquals(trip(map).size, 1);
  assertEquals(map.size, 2);
});

test("keys keep their order, and none is special", () => {
  same({ b: 1, a: 2, 10: 3, 9: 4, "-1": 5, "": 6 });
  const value = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1, "toString": 2}');
  same(value);
  same([value, value, JSON.parse('{"__proto__": null}')]);
  assertEquals(Object.getPrototypeOf(trip(value)), Object.prototype);
  assertEquals(({} as Record<string, unknown>)["polluted"], undefined);
});

test("an array keeps holes, its length and its properties", () => {
  same([, 1, , 2, ,]);
  same(new Array(5));
  same(Object.assign([1, "a"], { index: 3, input: "a" }));
  same(Object.assign([], { only: "property" }));
  same("some match".match(/m(a)/));
  // structuredClone itself visits every hole on Bun.
  const far: unknown[] = [];
  far[4_000_000_000] = "far";
  assertEquals(difference(far, trip(far)), undefined);
  far.length = 1000;
  same(far);
  // One hole, one property: as many keys as items.
  same(Object.assign([1, , 3], { x: 1 }));
});

test("one object twice is one object, also in a cycle", () => {
  const shared = { a: 1 };
  const loop: Record<string, unknown> = { shared, again: shared, list: [shared] };
  loop["self"] = loop;
  loop["map"] = new Map<unknown, unknown>([[loop, loop], [shared, new Set([loop])]]);
  same(loop);
  const error = new Error("loop");
  error.cause = error;
  const copy = trip(error);
  assertStrictEquals(copy.cause, copy);
  const [a, b] = trip([new Date(1), new Date(1)]);
  assert(a !== b);
});

test("each of many objects keeps its identity", () => {
  // Around the number of objects up to which each is looked at.
  for (const count of [1, 31, 32, 33, 64, 65, 1000, 20_000]) {
    const objects: unknown[] = Array.from({ length: count }, (_, i) => ({ i }));
    same([...objects, ...objects.toReversed(), ...objects]);
  }
});

test("shapes are told apart, however many there are", () => {
  const shapes = Array.from(
    { length: 3000 },
    (_, i) => ({ [`key${i % 1000}`]: i, [`x${i % 7}`]: i }),
  );
  same([...shapes, ...shapes.toReversed()]);
  const wide = (n: number) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`column ${i}`, i]));
  same([wide(10), wide(63), wide(64), wide(65), wide(1000), wide(64), wide(1000), {}, {}]);
  same([{ ["k".repeat(300)]: 1 }, { ["k".repeat(300)]: 2 }, { ["é".repeat(126)]: 1 }]);
});

test("the empty key list is a shape like any other", () => {
  same([{}, {}, { a: 1 }, {}, { "": 1 }, {}]);
});

test("bytes do not depend on what was encoded before", () => {
  const values = Array.from({ length: 600 }, (_, i) => [
    { [`a${i}`]: 1, b: 2 },
    { [`a${i + 1}`]: 1, b: 2 },
    { [`a${i}`]: 1, b: 2 },
  ]);
  const forwards = values.map((value) => bytesOf(value));
  const backwards = values.toReversed().map((value) => bytesOf(value)).toReversed();
  const again = values.map((value) => bytesOf(value));
  assertEquals(backwards, forwards);
  assertEquals(again, forwards);
});
