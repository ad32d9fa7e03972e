import { assert, assertEquals } from "@std/assert";
import { test } from "../support/harness.ts";
import { difference } from "./difference.ts";
import { trip } from "./trip.ts";
import { VIEWS } from "./views.ts";

/** Every kind that structured clone takes, each with values of its own; made anew each time. */
const KINDS: Readonly<Record<string, () => unknown[]>> = {
  "undefined, null, booleans": () => [undefined, null, true, false],
  numbers: () => [0, -0, 1, -1, 0.1, NaN, Infinity, -Infinity, 2 ** 53, 5e-324, -(2 ** 31)],
  bigints: () => [0n, -1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n, -(2n ** 200n)],
  strings: () => ["", "a", "é", "日本", "🐧", "\ud800", "\udc00\ud800", "\0", "x".repeat(70_000)],
  "boxed primitives": () => [true, false, -0, NaN, 1.5, "", "日", 7n].map(Object),
  dates: () => [new Date(0), new Date(-1), new Date(NaN), new Date(8.64e15)],
  "regular expressions": () => [
    /a/,
    /[/]\//dgimsuy,
    new RegExp("", "v"),
    Object.assign(/a/g, { lastIndex: 3 }),
  ],
  arrays: () => [[], [1, "a"], [, 1, ,], new Array(9), Object.assign([1], { own: 1, 5: 5 })],
  objects: () => [
    {},
    { a: 1, 2: 2, "": 3 },
    Object.assign(Object.create(null), { a: 1 }),
    JSON.parse('{"__proto__": 1}'),
    {
      get a() {
        return [1];
      },
    },
    new (class Point {
      x = 1;
      get y() {
        return 2;
      }
    })(),
  ],
  maps: () => [new Map(), new Map<unknown, unknown>([[NaN, 1], [{}, [2]], ["k", new Map()]])],
  sets: () => [new Set(), new Set<unknown>([-0, NaN, {}, [1], new Set([1])])],
  buffers: () => [
    new ArrayBuffer(0),
    new Uint8Array([1, 2, 3]).buffer,
    new ArrayBuffer(8, { maxByteLength: 64 }),
    new ArrayBuffer(0, { maxByteLength: 0 }),
  ],
  views: () => {
    const buffer = new Uint8Array(64).map((_, i) => i * 37).buffer;
    return VIEWS.flatMap((View) => [
      new View(buffer),
      new View(buffer, 16, 2),
      new View(buffer, 64),
    ]);
  },
  "views of buffers that can grow": () => {
    const buffer = new ArrayBuffer(16, { maxByteLength: 64 });
    return [new Uint8Array(buffer), new Uint16Array(buffer, 2, 2), new DataView(buffer, 4)];
  },
};

/** Where a value can stand. */
const PLACES: Readonly<Record<string, (value: unknown) => unknown>> = {
  alone: (value) => value,
  "in an array, twice": (value) => [value, value],
  "in an object": (value) => ({ before: 1, value, after: { value } }),
  "as a key and a value of a map": (value) => new Map([[value, value], ["more", value]]),
  "in a set, before and after": (value) => [value, new Set([value]), value],
  "in a cycle": (value) => {
    const loop: unknown[] = [value];
    loop.push({ loop, value });
    return loop;
  },
};

for (const [kind, make] of Object.entries(KINDS)) {
  test(`${kind} arrive as structuredClone makes them, wherever they stand`, () => {
    for (const [place, put] of Object.entries(PLACES)) {
      for (const [i, value] of make().entries()) {
        const message = put(value);
        const where = `value ${i}, ${place}`;
        assertEquals(difference(structuredClone(message), trip(message)), undefined, where);
      }
    }
    const all = make();
    assertEquals(difference(structuredClone(all), trip(all)), undefined, "all of them");
  });
}

test("errors arrive with what structuredClone makes of them, and more", () => {
  const classes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
  for (const Class of classes) {
    for (const error of [new Class(), new Class(""), new Class("what", { cause: [1] })]) {
      const [oracle, copy] = [structuredClone(error), trip(error)];
      assertEquals([copy.name, copy.message], [oracle.name, oracle.message]);
      assert(Object.getPrototypeOf(copy) === Object.getPrototypeOf(oracle), Class.name);
      assertEquals(copy.cause, error.cause);
      assertEquals(Object.hasOwn(copy, "message"), Object.hasOwn(error, "message"));
    }
  }
});

test("a view that follows the length of its buffer still does", () => {
  const buffer = new ArrayBuffer(4, { maxByteLength: 16 });
  const [view, data, part] = trip(
    [new Uint8Array(buffer, 2), new DataView(buffer), new Uint8Array(buffer, 0, 2)] as const,
  );
  assertEquals([view.length, data.byteLength, part.length], [2, 4, 2]);
  (view.buffer as ArrayBuffer).resize(16);
  assertEquals([view.length, data.byteLength, part.length], [14, 16, 2]);
});
