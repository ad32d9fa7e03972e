import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ClosedError,
  dispose,
  isShared,
  Pool,
  Process,
  SharedValue,
  type ValueType,
} from "../../mod.ts";
import { cells } from "../fixtures/shared/count.ts";
import {
  count,
  countBelow,
  countByComparing,
  makeValue,
  spinUntil,
} from "../fixtures/shared/values.ts";
import { echo } from "../fixtures/shared/arrays.ts";
import { registerLeakCheck, test } from "../support/harness.ts";

registerLeakCheck("cells", cells);

const NUMBERS = {
  c: [0, 255],
  u: [0, 2 ** 32 - 1],
  b: [-128, 127],
  B: [0, 255],
  h: [-(2 ** 15), 2 ** 15 - 1],
  H: [0, 2 ** 16 - 1],
  i: [-(2 ** 31), 2 ** 31 - 1],
  I: [0, 2 ** 32 - 1],
  f: [-Infinity, 2 ** -149],
  d: [-Infinity, 5e-324],
} as const;

const BIGINTS = {
  l: [-(2n ** 63n), 2n ** 63n - 1n],
  q: [-(2n ** 63n), 2n ** 63n - 1n],
  L: [0n, 2n ** 64n - 1n],
  Q: [0n, 2n ** 64n - 1n],
} as const;

const ALL = { ...NUMBERS, ...BIGINTS };

test("a SharedValue of each type is 0 at first and holds the least and the greatest", () => {
  for (const [type, [least, greatest]] of Object.entries(ALL)) {
    using n = new SharedValue(type as ValueType) as SharedValue<number | bigint>;
    assertEquals(Number(n.value), 0);
    for (const value of [least, greatest]) {
      n.value = value;
      assertEquals(n.value, value);
    }
    using made = new SharedValue(type as ValueType, greatest);
    assertEquals(made.value, greatest);
    assert(isShared(n));
  }
});

test("a SharedValue takes names and constructors, also of 16 bits of float", () => {
  using named = new SharedValue("uint16", 7);
  using constructed = new SharedValue(Float32Array as never, 0.5);
  using half = new SharedValue("float16" as ValueType, 0.5);
  assertEquals([named.value, constructed.value, half.value], [7, 0.5, 0.5]);
});

test("integers wrap around, floats round, and an integer serves as bigint at first", () => {
  using b = new SharedValue("b", 300);
  using f = new SharedValue("f", 0.1);
  using q = new SharedValue("q", 7);
  assertEquals([b.value, f.value, q.value], [44, Math.fround(0.1), 7n]);
  assertEquals([b.add(100), b.value], [44, -112]);
});

test("add(), exchange() and compareExchange() return what was there, for every type", () => {
  for (const type of Object.keys(ALL)) {
    using n = new SharedValue(type as ValueType, 5) as SharedValue<number | bigint>;
    const of = (value: number) => type in BIGINTS ? BigInt(value) : value;
    assertEquals([n.add(of(2)), n.value], [of(5), of(7)]);
    assertEquals([n.exchange(of(9)), n.value], [of(7), of(9)]);
    assertEquals([n.compareExchange(of(8), of(1)), n.value], [of(9), of(9)]);
    assertEquals([n.compareExchange(of(9), of(1)), n.value], [of(9), of(1)]);
  }
});

test("floats are compared by their bits: 0 is not -0, and NaN is NaN", () => {
  for (const type of ["f", "d"] as const) {
    using n = new SharedValue(type, -0);
    n.compareExchange(0, 1);
    assert(Object.is(n.value, -0));
    n.compareExchange(-0, NaN);
    assertEquals(n.value, NaN);
    n.compareExchange(0 / 0, 3);
    assertEquals(n.value, 3);
  }
});

test("a value of a wrong kind is a TypeError, and changes nothing", () => {
  using n = new SharedValue("i", 1);
  using q = new SharedValue("q", 1n);
  const wrong: (() => unknown)[] = [
    () => n.value = "2" as never,
    () => n.value = 2n as never,
    () => n.add(undefined as never),
    () => n.exchange(null as never),
    () => n.compareExchange(1, {} as never),
    () => q.value = 2 as never,
    () => q.add(2 as never),
    () => new SharedValue("i", "x" as never),
    () => new SharedValue("nothing" as never),
    () => new SharedValue("uint8clamped" as never),
  ];
  for (const attempt of wrong) assertThrows(attempt, TypeError);
  assertThrows(() => new SharedValue("q", 1.5), RangeError);
  assertEquals([n.value, q.value], [1, 1n]);
});

test("no addition of any process is lost, whatever the type", async () => {
  const times = 3000;
  const values = [
    new SharedValue("i"),
    new SharedValue("q"),
    new SharedValue("d"),
    new SharedValue("f"),
    new SharedValue("H"),
    new SharedValue("B"),
  ];
  await using pool = new Pool(2);
  const calls = values.flatMap((n) =>
    [n, n].map((n) => pool.apply(count, [n as SharedValue, times]))
  );
  await Promise.all(calls);
  assertEquals(values.slice(0, 5).map((n) => Number(n.value)), Array(5).fill(2 * times));
  assertEquals(values[5].value, 2 * times % 256);
  values.forEach((n) => dispose(n));
});

test("compareExchange() on a float loses nothing either", async () => {
  using n = new SharedValue("d", 0.5);
  await using pool = new Pool(2);
  await Promise.all([1, 2].map(() => pool.apply(countByComparing, [n, 3000])));
  assertEquals(n.value, 6000.5);
});

test("a loop that reads only the value ends when another process changes it", async () => {
  using n = new SharedValue("d");
  const child = new Process(spinUntil, { args: [n, 42] }).start();
  n.value = 42;
  await child.join();
  assertEquals([child.exitCode, n.value], [0, -42]);
});

test("a value comes back as the one that is here, outlives its maker, and reaches grandchildren", async () => {
  using n = new SharedValue("i");
  await using pool = new Pool(1);
  assertStrictEquals(await pool.apply(echo<SharedValue>, [n]), n);
  const [a, b] = await pool.apply(echo<SharedValue[]>, [[n, n]]);
  assertEquals([a === n, b === n], [true, true]);
  using made = await pool.apply(makeValue);
  assertEquals(made.value, 2n ** 62n);
  assert(made instanceof SharedValue);
  await pool.apply(countBelow, [n]);
  assertEquals(n.value, 10);
});

test("use after dispose is a ClosedError, disposing again is nothing", () => {
  const n = new SharedValue("i", 5);
  n[Symbol.dispose]();
  dispose(n);
  for (const use of [() => n.value, () => n.add(1), () => n.value = 1, () => n.exchange(1)]) {
    assertThrows(use, ClosedError, "it was disposed in this process");
  }
});
