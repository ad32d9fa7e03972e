import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ClosedError,
  dispose,
  Lock,
  Queue,
  SerializationError,
  sharedArray,
  SharedMap,
  sharedMap,
} from "../../mod.ts";
import { random } from "../fixtures/shared/churn.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

test("a map gives back what was set, and undefined for what was not", async () => {
  using map = sharedMap<string, number | undefined>();
  map.setSync("one", 1);
  await map.set("two", 2);
  map.setSync("none", undefined);
  assertEquals([map.getSync("one"), await map.get("two"), map.getSync("three")], [1, 2, undefined]);
  assertEquals([map.hasSync("none"), await map.has("three"), map.size], [true, false, 3]);
  map.setSync("one", 11);
  assertEquals([map.getSync("one"), map.size], [11, 3]);
  assertEquals([map.deleteSync("one"), await map.delete("one"), map.size], [true, false, 2]);
  await map.clear();
  assertEquals([map.size, map.hasSync("two"), [...map]], [0, false, []]);
});

test("a map can be made of entries, as a Map", () => {
  using map = sharedMap(new Map([["a", [1]], ["b", [2, 3]]]));
  assert(map instanceof SharedMap);
  assertEquals(new Map(map), new Map([["a", [1]], ["b", [2, 3]]]));
  using copy = new SharedMap(map);
  assertEquals(copy.size, 2);
});

const SAME: [string, unknown, unknown, boolean][] = [
  ["NaN", NaN, Number("x"), true],
  ["0 and -0", 0, -0, true],
  ["1 and '1'", 1, "1", false],
  ["1 and 1n", 1, 1n, false],
  ["null and undefined", null, undefined, false],
  ["0 and false", 0, false, false],
  ["strings of equal text", "ab", ["a", "b"].join(""), true],
  ["é, composed and not", "\u00e9", "e\u0301", false],
  ["integers and their floats", 3, 1.5 * 2, true],
  ["arrays by contents", [1, "a"], [1, "a"], true],
  ["objects by contents", { x: 1, y: [2] }, { x: 1, y: [2] }, true],
  ["objects by the order of keys", { x: 1, y: 2 }, { y: 2, x: 1 }, false],
  ["-0 inside of an array", [0], [-0], false],
  ["dates by time", new Date(5), new Date(5), true],
  ["typed arrays by type", new Uint8Array(2), new Int8Array(2), false],
  ["strings of some length", "x".repeat(5000), "x".repeat(5000), true],
  ["strings that end differently", "x".repeat(5000), "x".repeat(4999) + "y", false],
];

for (const [what, key, other, isSame] of SAME) {
  test(`keys: ${what} are ${isSame ? "the same" : "two"}`, () => {
    using map = sharedMap<unknown, string>([[key, "found"]]);
    assertEquals([map.getSync(key), map.getSync(other)], ["found", isSame ? "found" : undefined]);
    map.setSync(other, "other");
    assertEquals(map.size, isSame ? 1 : 2);
    assertEquals(map.deleteSync(other), true);
    assertEquals(map.hasSync(key), !isSame);
  });
}

test("values are copies", () => {
  using map = sharedMap<string, { list: number[] }>();
  const value = { list: [1] };
  map.setSync("a", value);
  value.list.push(2);
  map.getSync("a")!.list.push(3);
  assertEquals(map.getSync("a"), { list: [1] });
});

test("all that structured clone takes is a value", () => {
  using map = sharedMap<number, unknown>();
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const values = [
    -0,
    2n ** 80n,
    new Map([[{ a: 1 }, new Set([1])]]),
    /x/g,
    new Error("no"),
    [, 1],
    new Float64Array([0.5]),
  ];
  values.forEach((value, i) => map.setSync(i, value));
  values.forEach((value, i) => assertEquals(map.getSync(i), value));
  map.setSync(99, cycle);
  const copy = map.getSync(99) as typeof cycle;
  assertStrictEquals(copy.self, copy);
});

test("values of 0 bytes to 8 MiB take each other's place, and leave nothing", () => {
  using map = sharedMap<string, Uint8Array>();
  for (const length of [0, 8 * 2 ** 20, 3, 2 ** 20 - 50, 2 ** 20, 5000, 2 ** 21, 100]) {
    const value = new Uint8Array(length).fill(length % 251);
    map.setSync("it", value);
    const got = map.getSync("it")!;
    assertEquals([got.length, got[0], got.at(-1)], [length, value[0], value.at(-1)]);
    assertEquals([...map.keys()], ["it"]);
  }
});

test("shared things are keys and values, and stay as long as they are", () => {
  using map = sharedMap<unknown, unknown>();
  const lock = new Lock();
  map.setSync(lock, "mine");
  {
    using array = sharedArray("i", [1, 2, 3]);
    using queue = new Queue();
    map.setSync("array", array);
    map.setSync("queue", queue);
  }
  assertEquals(map.getSync(lock), "mine");
  using other = new Lock();
  assertEquals(map.hasSync(other), false);
  const array = map.getSync("array") as Int32Array;
  array[0] = 10;
  assertStrictEquals((map.getSync("array") as Int32Array).buffer, array.buffer);
  assertEquals(array.join(), "10,2,3");
  dispose(array);
  using queue = map.getSync("queue") as Queue;
  queue.putSync("through the map");
  assertEquals((map.getSync("queue") as Queue).getSync(), "through the map");
  lock.dispose();
  using again = [...map.keys()].find((key) => key instanceof Lock) as Lock;
  using _held = again.acquireSync();
});

test("a map can be a value of a map", () => {
  using outer = sharedMap<string, SharedMap<string, number>>();
  {
    using inner = sharedMap([["a", 1]]);
    outer.setSync("inner", inner);
  }
  using inner = outer.getSync("inner")!;
  inner.setSync("b", 2);
  assertEquals(new Map(outer.getSync("inner")), new Map([["a", 1], ["b", 2]]));
  using other = sharedMap<string, number>();
  outer.setSync("inner", other);
  assertEquals([inner.size, outer.getSync("inner")!.size], [2, 0]);
});

test("what cannot be sent throws with its path, and changes nothing", async () => {
  using map = sharedMap<unknown, unknown>([["a", 1]]);
  const error = assertThrows(
    () => map.setSync("a", { f: [() => {}] }),
    SerializationError,
    "value.f[0]",
  );
  assertEquals(error.path, "value.f[0]");
  assertThrows(() => map.setSync(Symbol(), 1), SerializationError, "key");
  assertThrows(() => map.getSync({ [Symbol.iterator]: 1, f() {} }), SerializationError, "key.f");
  assertThrows(() => map.updateSync("a", () => Symbol()), SerializationError);
  await assertRejects(() => map.set("a", () => {}), SerializationError);
  using lock = new Lock();
  assertThrows(() => map.setSync([lock, () => {}], 1), SerializationError);
  assertEquals([...map], [["a", 1]]);
});

test("a key of more than half a mebibyte is refused, one of less is not", () => {
  using map = sharedMap<string, number>();
  const error = assertThrows(() => map.setSync("x".repeat(2 ** 19), 1), RangeError);
  assert(error.message.includes("it can have 524288"), error.message);
  const key = "x".repeat(2 ** 19 - 8);
  map.setSync(key, 1);
  assertEquals([map.getSync(key), map.getSync(key + "x")], [1, undefined]);
});

test("what was disposed of throws, and others of its things do not", async () => {
  const map = sharedMap([["a", 1]]);
  using keeper = sharedMap([["map", map]]);
  const keys = map.keys();
  map.dispose();
  map.dispose();
  assertThrows(() => map.getSync("a"), ClosedError, "Cannot get from the map");
  await assertRejects(() => map.set("a", 1), ClosedError);
  assertThrows(() => map.size, ClosedError);
  assertThrows(() => keys.next(), ClosedError);
  using again = keeper.getSync("map")!;
  assertEquals(again.getSync("a"), 1);
});

test("update() sets what its function returns, deletes what is undefined, and heeds a throw", async () => {
  using map = sharedMap<string, number>();
  assertEquals(map.updateSync("n", (n = 0) => n + 1), 1);
  assertEquals(await map.update("n", async (n = 0) => await Promise.resolve(n + 1)), 2);
  assertThrows(() =>
    map.updateSync("n", () => {
      throw new RangeError("no");
    }), RangeError);
  assertEquals(map.getSync("n"), 2);
  assertEquals(map.updateSync("n", () => undefined), undefined);
  assertEquals(map.updateSync("n", () => undefined), undefined);
  assertEquals([map.hasSync("n"), map.size], [false, 0]);
});

test("update() begins again when the value has changed, also to an equal one or to none", () => {
  using map = sharedMap<string, number>([["n", 1]]);
  const seen: (number | undefined)[] = [];
  const disturb = [
    () => map.setSync("n", 1),
    () => map.setSync("n", 2),
    () => map.deleteSync("n"),
    () => map.setSync("n", 4),
  ];
  map.updateSync("n", (n) => {
    seen.push(n);
    disturb.shift()?.();
    return (n ?? 0) + 100;
  });
  assertEquals([seen, map.getSync("n")], [[1, 1, 2, undefined, 4], 104]);
});

test("getOrInsert() and getOrInsertComputed() set only what is not there", async () => {
  using map = sharedMap<string, number>();
  assertEquals([map.getOrInsertSync("a", 1), await map.getOrInsert("a", 2)], [1, 1]);
  assertEquals(map.getOrInsertComputedSync("b", (key) => key.length), 1);
  assertEquals(await map.getOrInsertComputed("c", () => Promise.resolve(3)), 3);
  assertEquals(map.getOrInsertComputedSync("c", () => assert(false)!), 3);
  assertEquals(
    map.getOrInsertComputedSync("d", (key) => {
      map.setSync(key, 7);
      return 8;
    }),
    7,
  );
});

test("take(), setAll() and snapshot() do what their names say", async () => {
  using lock = new Lock();
  using map = sharedMap<string, unknown>();
  await map.setAll(
    new Map<string, unknown>([["a", 1], ["b", lock], ["c", new Uint8Array(2 ** 21)]]),
  );
  const copy = await map.snapshot();
  assertEquals([copy.size, copy.get("a"), copy.get("b") === lock], [3, 1, true]);
  assertEquals((copy.get("c") as Uint8Array).length, 2 ** 21);
  assertEquals([map.takeSync("a"), await map.take("a")], [1, undefined]);
  assert(map.takeSync("b") === lock);
  assertEquals(map.size, 1);
});

test("a getter of a value may use the map that it is on its way into", () => {
  using map = sharedMap<string, unknown>([["a", 1]]);
  map.setSync("b", {
    get a() {
      map.setSync("c", map.getSync("a"));
      return map.getSync("c");
    },
  });
  assertEquals(new Map(map), new Map<string, unknown>([["a", 1], ["c", 1], ["b", { a: 1 }]]));
});

test("iteration, also with for await, has each key once that is there all the while", async () => {
  using map = sharedMap<number, string>();
  for (let i = 0; i < 2000; i++) map.setSync(i, `${i}`);
  const seen = new Map<number, number>();
  let next = 2000;
  for await (const [key, value] of map) {
    if (key < 2000) assertEquals(value, `${key}`);
    seen.set(key, (seen.get(key) ?? 0) + 1);
    // The map grows, shrinks and changes meanwhile.
    map.deleteSync(next - 2000 + 1);
    map.setSync(next++, "new");
    map.setSync(next++, "new");
  }
  for (let i = 0; i < 2000; i += 2) assertEquals(seen.get(i), 1, `key ${i}`);
  assert([...seen.values()].every((times) => times === 1));
  assertEquals([...map.keys()].length, map.size);
  assertEquals([...map.values()].length, map.size);
});

test("a map does what a Map does, in 60,000 random steps, growing and shrinking", () => {
  using map = sharedMap<unknown, unknown>();
  const model = new Map<unknown, unknown>();
  const next = random(20260101);
  const pick = (count: number) => Math.floor(next() * count);
  for (let step = 0; step < 60_000; step++) {
    // The number of keys in use swells and ebbs.
    const range = 10 + Math.floor(3000 * (1 + Math.sin(step / 8000)));
    const key = pick(2) === 0 ? pick(range) : `key ${pick(range)}`;
    const choice = next() + Math.sin(step / 8000) / 4;
    if (choice > 0.5) {
      const value = pick(3) === 0 ? "v".repeat(pick(200)) : step;
      map.setSync(key, value);
      model.set(key, value);
    } else if (choice > 0.1) assertEquals(map.deleteSync(key), model.delete(key));
    else assertEquals(map.getSync(key), model.get(key));
    if (step % 10_000 === 0) {
      assertEquals([map.size, new Map(map)], [model.size, model]);
    }
  }
  assertEquals(new Map(map), model);
  map.clearSync();
  assertEquals(map.size, 0);
});

test("100,000 keys are found again, and their memory comes back", () => {
  using map = sharedMap<number, string>();
  for (let i = 0; i < 100_000; i++) map.setSync(i, `value ${i}`);
  assertEquals(map.size, 100_000);
  for (let i = 0; i < 100_000; i += 7) assertEquals(map.getSync(i), `value ${i}`);
  for (let i = 0; i < 100_000; i++) if (i % 1000 !== 0) map.deleteSync(i);
  assertEquals([...map.keys()].length, 100);
});
