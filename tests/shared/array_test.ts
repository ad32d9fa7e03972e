import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { dispose, isShared, OutOfMemoryError, sharedArray, type TypeName } from "../../mod.ts";
import { currentRuntime } from "../../src/runtime/current.ts";
import { blocks, cells } from "../fixtures/shared/count.ts";
import { registerLeakCheck, test } from "../support/harness.ts";

registerLeakCheck("blocks", blocks);
registerLeakCheck("cells", cells);

type AnyArray = Int32Array<ArrayBuffer>;

const CONSTRUCTORS: Readonly<Record<TypeName, { readonly name: string }>> = {
  c: Uint8Array,
  u: Uint32Array,
  b: Int8Array,
  B: Uint8Array,
  h: Int16Array,
  H: Uint16Array,
  i: Int32Array,
  I: Uint32Array,
  l: BigInt64Array,
  L: BigUint64Array,
  q: BigInt64Array,
  Q: BigUint64Array,
  f: Float32Array,
  d: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  uint8clamped: Uint8ClampedArray,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
};

const classes = [...new Set(Object.values(CONSTRUCTORS)), globalThis.Float16Array] as never[];

test("sharedArray() makes a genuine typed array of each code and name", () => {
  for (const [name, constructor] of Object.entries(CONSTRUCTORS)) {
    using xs = sharedArray(name as TypeName, 3);
    assertStrictEquals(Object.getPrototypeOf(xs), (constructor as typeof Int32Array).prototype);
    assertEquals(Object.prototype.toString.call(xs), `[object ${constructor.name}]`);
    assertEquals(Array.from(xs as AnyArray, Number), [0, 0, 0]);
    assert(isShared(xs));
  }
});

test("sharedArray() takes the constructor of any typed array, also Float16Array", () => {
  for (const Class of classes as (typeof Float64Array)[]) {
    using xs = sharedArray(Class, [0, 1, 100]);
    assertStrictEquals(xs.constructor, Class);
    assertEquals(Array.from(xs, Number), [0, 1, 100]);
    const { buffer, byteLength, length } = xs;
    assertEquals([byteLength, buffer.byteLength], [length * Class.BYTES_PER_ELEMENT, byteLength]);
  }
});

test("sharedArray() takes elements from anything that can be iterated or has a length", () => {
  const sources = [
    [1, 2, 3],
    new Set([1, 2, 3]),
    new Float64Array([1, 2, 3]),
    { length: 3, 0: 1, 1: 2, 2: 3 },
    [1n, 2n, 3n],
    (function* () {
      yield* [1, 2, 3];
    })(),
  ];
  for (const source of sources.slice(0, 4) as Iterable<number>[]) {
    using xs = sharedArray("d", source);
    assertEquals([...xs], [1, 2, 3]);
  }
  for (const source of [sources[0], sources[4]] as Iterable<number>[]) {
    using xs = sharedArray("q", source);
    assertEquals([...xs], [1n, 2n, 3n]);
  }
  using generated = sharedArray("b", sources[5] as Iterable<number>);
  assertEquals([...generated], [1, 2, 3]);
  using empty = sharedArray("i", []);
  assertEquals(empty.length, 0);
});

test("text is elements of type c as UTF-8, and of type u as code points", () => {
  using bytes = sharedArray("c", "añ😀");
  assertEquals(new TextDecoder().decode(bytes), "añ😀");
  using points = sharedArray("u", "añ😀");
  assertEquals(String.fromCodePoint(...points), "añ😀");
  assertThrows(() => sharedArray("B", "abc"), TypeError, "text makes elements of type c and u");
});

test("a shared array of length 0 is shared, has a buffer of its own, and can be disposed", () => {
  using xs = sharedArray("d", 0);
  using ys = sharedArray("d", 0);
  assertEquals([xs.length, xs.buffer.byteLength, isShared(xs)], [0, 0, true]);
  assert(xs.buffer !== ys.buffer);
  dispose(xs);
  assertEquals(isShared(xs), false);
});

test("reused memory is zeros", () => {
  for (const length of [1, 1000, 100_000, 1_000_000]) {
    for (let round = 0; round < 3; round++) {
      using xs = sharedArray("B", length);
      assertEquals(xs.find((x) => x !== 0), undefined);
      xs.fill(255);
    }
  }
});

test("two shared arrays never overlap, and no buffer shows more than its array", () => {
  const all = [1, 4095, 4096, 4097, 65_536].map((length) => sharedArray("B", length));
  all.forEach((xs, i) => xs.fill(i + 1));
  for (const [i, xs] of all.entries()) {
    assertEquals(new Uint8Array(xs.buffer).length, xs.length);
    assert(xs.every((x) => x === i + 1));
    dispose(xs);
  }
});

test("slice(), map(), filter() and from() make ordinary arrays, subarray() a shared one", () => {
  using xs = sharedArray("i", [3, 1, 2]);
  for (const made of [xs.slice(), xs.map((x) => x), xs.filter(() => true), xs.toSorted()]) {
    assertEquals([isShared(made), made.constructor], [false, Int32Array]);
  }
  assert(isShared(xs.subarray(1)));
  xs.subarray(1)[0] = 9;
  assertEquals([...xs], [3, 9, 2]);
});

test("what a user would do with a typed array works on a shared one", () => {
  using xs = sharedArray("d", [3, 1, 2]);
  xs.sort();
  assertEquals(JSON.stringify(xs), '{"0":1,"1":2,"2":3}');
  assertEquals(Object.keys(xs), ["0", "1", "2"]);
  assertEquals(structuredClone(xs), new Float64Array([1, 2, 3]));
  assertEquals(xs.reduce((a, b) => a + b), 6);
  using bytes = sharedArray("B", 8);
  new TextEncoder().encodeInto("shared", bytes);
  assertEquals(new TextDecoder().decode(bytes.subarray(0, 6)), "shared");
  using words = sharedArray("i", 1);
  assertEquals([Atomics.add(words, 0, 5), Atomics.load(words, 0)], [0, 5]);
});

test("an unknown type is a TypeError that names what there is", () => {
  for (const type of ["x", "int", "", undefined, null, 5, Array, ArrayBuffer, {}]) {
    assertThrows(() => sharedArray(type as never, 3), TypeError, "type must be one of c u b B h");
  }
});

test("an element that is not of the type is named, with its index and what it is", () => {
  const wrong: [TypeName, unknown[], string][] = [
    ["b", [1, "2", 1.5], 'elements[1] of int8 must be a number, got "2"'],
    ["b", [1, 2, 1.5], "elements[2] of int8 must be an integer, got 1.5"],
    ["i", [1n], "elements[0] of int32 must be a number, got 1n"],
    ["I", [NaN], "elements[0] of uint32 must be an integer, got NaN"],
    ["q", [1n, 1.5], "elements[1] of int64 must be an integer, got 1.5"],
    ["Q", ["7"], 'elements[0] of uint64 must be an integer, got "7"'],
    ["d", [0.5, null], "elements[1] of float64 must be a number, got null"],
    ["f", [{}], "elements[0] of float32 must be a number, got [object Object]"],
    ["d", new Array(1), "elements[0] of float64 must be a number, got undefined"],
    ["uint8clamped", [1.5, true], "elements[1] of uint8clamped must be a number, got true"],
  ];
  for (const [type, elements, sentence] of wrong) {
    const { message } = assertThrows(() => sharedArray(type, elements as number[]), TypeError);
    assertEquals(message, `Cannot share an array: ${sentence}`);
  }
});

test("what an integer type cannot hold wraps, and another typed array is converted", () => {
  using wrapped = sharedArray("b", [300, -129]);
  assertEquals([...wrapped], [44, 127]);
  using clamped = sharedArray("uint8clamped", [300, -1, 1.5, NaN]);
  assertEquals([...clamped], [255, 0, 2, 0]);
  using cut = sharedArray("i", new Float64Array([1.5, -1.5, NaN]));
  assertEquals([...cut], [1, -1, 0]);
  using rest = sharedArray("d", [NaN, -Infinity, -0]);
  assertEquals([...rest], [NaN, -Infinity, -0]);
});

test("a bad length is a RangeError, bad elements a TypeError, and nothing is left behind", () => {
  for (const length of [-1, 1.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(() => sharedArray("i", length), RangeError, `integer from 0, got ${length}`);
  }
  for (const source of [undefined, null, true, 3n, () => {}]) {
    assertThrows(() => sharedArray("i", source as never), TypeError, "needs a length or elements");
  }
  assertThrows(() => sharedArray("i", { length: -1 } as never), RangeError, "integer from 0");
});

test("more than the machine has is an OutOfMemoryError, and nothing is left behind", () => {
  // Beyond what any machine has, and yet below what the runtime can view.
  const bytes = Math.min(currentRuntime().largestView, 2 ** 37);
  if (bytes < 2 ** 37) return;
  assertThrows(() => sharedArray("B", bytes), OutOfMemoryError, `asked for ${bytes} bytes`);
});

test("a shared buffer refuses to be transferred: others go on using it", () => {
  using xs = sharedArray("i", [1]);
  assertThrows(() => xs.buffer.transfer(), TypeError, "copy it with slice()");
  assertThrows(() => xs.buffer.transferToFixedLength(), TypeError, "copy it with slice()");
  assertEquals(xs[0], 1);
});
