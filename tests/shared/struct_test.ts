import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ClosedError, dispose, isShared, Pool, SharedStruct, type StructArray } from "../../mod.ts";
import { echo } from "../fixtures/shared/arrays.ts";
import { blocks, cells } from "../fixtures/shared/count.ts";
import { change, fields, hit, makeStruct, move, number } from "../fixtures/shared/values.ts";
import { registerLeakCheck, test } from "../support/harness.ts";

registerLeakCheck("cells", cells);
registerLeakCheck("blocks", blocks);

test("a SharedStruct has its fields, zero or what they are given", () => {
  using p = new SharedStruct(fields, { x: 0.5, hits: 3n });
  assertEquals(p.toJSON(), { x: 0.5, hits: 3n, id: 0, flag: 0, mass: 0 });
  p.x = -1;
  p.hits += 4n;
  p.flag = 200;
  assertEquals([p.x, p.hits, p.flag], [-1, 7n, -56]);
  assert(p instanceof SharedStruct);
  assert(isShared(p));
});

test("a struct has every type as a field, each at a place of its own", () => {
  const types = ["c", "u", "b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "f", "d"] as const;
  const all = Object.fromEntries(types.map((type) => [`of ${type}`, type]));
  using p = new SharedStruct(all) as SharedStruct<Record<string, "i">>;
  const value = (name: string, i: number) => typeof p[name] === "bigint" ? BigInt(i + 1) : i + 1;
  Object.keys(all).forEach((name, i) => p[name] = value(name, i) as number);
  const expected = Object.fromEntries(Object.keys(all).map((name, i) => [name, value(name, i)]));
  assertEquals(p.toJSON() as unknown, expected);
});

test("a child changes the struct that its parent reads", async () => {
  using p = new SharedStruct(fields, { x: 1 });
  await using pool = new Pool(2);
  assertEquals(await pool.apply(change, [p]), Object.keys(fields));
  assertEquals(p.toJSON(), { x: 2.5, hits: 5n, id: 7, flag: -1, mass: Math.fround(0.1) });
  await Promise.all([1, 2].map(() => pool.apply(hit, [p, 2000])));
  assertEquals([p.hits, p.x], [4005n, 4002.5]);
  const [a, b] = await pool.apply(echo<SharedStruct<typeof fields>[]>, [[p, p]]);
  assertEquals([a === p, b === p], [true, true]);
  using made = await pool.apply(makeStruct);
  assertEquals([made.x, made.hits, made instanceof SharedStruct], [3, 4n, true]);
});

test("an array of structs, and one of them, arrive as the same memory", async () => {
  using all = SharedStruct.array(fields, 1000);
  await using pool = new Pool(1);
  const [back, last] = await pool.apply(number, [all]);
  assertStrictEquals(back, all);
  assertEquals([...all].map((p) => p.id), [...Array(1000).keys()]);
  last.x = 3;
  assertEquals(all.at(999)!.x, 3);
  await pool.apply(move, [all.at(5)!]);
  assertEquals([all.at(4)!.x, all.at(5)!.x, all.at(6)!.x], [0, 42, 0]);
});

test("an array of structs takes values, has a length, and is at() from both ends", () => {
  using all = SharedStruct.array({ a: "b", b: "d" }, [{ a: 1 }, { b: 2 }, {}]);
  assertEquals([...all].map((p) => p.toJSON()), [{ a: 1, b: 0 }, { a: 0, b: 2 }, { a: 0, b: 0 }]);
  assertEquals([all.length, all.stride, all.buffer.byteLength], [3, 16, 48]);
  assertEquals([all.at(-3)!.a, all.at(3), all.at(-4), all.at(NaN)?.a], [
    1,
    undefined,
    undefined,
    1,
  ]);
  assert(isShared(all));
  using none = SharedStruct.array({ a: "b" }, 0);
  assertEquals([...none], []);
});

test("columns of an array of structs can be had as views of its buffer", () => {
  using all = SharedStruct.array({ x: "d", y: "d" }, [{ x: 1, y: 2 }, { x: 3, y: 4 }]);
  assertEquals([...new Float64Array(all.buffer)], [1, 2, 3, 4]);
});

test("bad fields and values are TypeErrors, and leave nothing behind", () => {
  using p = new SharedStruct(fields);
  const wrong: (() => unknown)[] = [
    () => new SharedStruct({}),
    () => new SharedStruct(null as never),
    () => new SharedStruct({ x: "nothing" } as never),
    () => new SharedStruct({ x: "uint8clamped" } as never),
    () => new SharedStruct({ add: "d" }),
    () => new SharedStruct({ lock: "d" }),
    () => new SharedStruct(fields, { y: 1 } as never),
    () => new SharedStruct(fields, { x: "1" } as never),
    () => SharedStruct.array(fields, "2" as never),
    () => SharedStruct.array(fields, [{ y: 1 } as never]),
    () => p.x = 1n as never,
    () => p.hits = 1 as never,
    () => (p as unknown as { y: number }).y = 1,
    () => p.add("y" as never, 1 as never),
    () => p.compareExchange("x", "1" as never, 2),
    () => (SharedStruct as unknown as (fields: unknown) => void)(fields),
  ];
  for (const attempt of wrong) assertThrows(attempt, TypeError);
  for (const length of [-1, 0.5, NaN]) {
    assertThrows(() => SharedStruct.array(fields, length), RangeError, "integer from 0");
  }
});

test("use after dispose is an error, never a crash", () => {
  const p = new SharedStruct(fields, { x: 1 });
  dispose(p);
  dispose(p);
  assertThrows(() => p.x, ClosedError);
  assertThrows(() => p.add("x", 1), ClosedError);
  const all: StructArray<typeof fields> = SharedStruct.array(fields, 3);
  const first = all.at(0)!;
  dispose(all);
  dispose(all);
  assertThrows(() => first.x, Error);
  assertThrows(() => first.x = 1, Error);
});
