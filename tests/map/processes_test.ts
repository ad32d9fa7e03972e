import { assert, assertEquals } from "@std/assert";
import { Pool, Process, Queue, type SharedMap, sharedMap, SharedValue } from "../../mod.ts";
import * as children from "../fixtures/map/maps.ts";
import { test, until } from "../support/harness.ts";
import "../support/shared_memory.ts";

function start<A extends unknown[], R>(target: (...args: A) => R, ...args: A): Process<A, R> {
  return new Process(target, { args }).start();
}

test("what a child sets is there when it has ended, and its parent's is there in it", async () => {
  using map = sharedMap<string, unknown>();
  const child = start(children.setOne<string, unknown>, map, "from", { the: ["child"] });
  await child.join();
  assertEquals(await map.get("from"), { the: ["child"] });
});

test("a map travels as an argument, a result, an item, and in a grandchild", async () => {
  using map = sharedMap<string, string>();
  await start(children.setByChild, map).result;
  assertEquals(map.getSync("from"), "the grandchild");
  assert(await start(children.echo<typeof map>, map).result === map);
  using queue = new Queue<typeof map>();
  const child = start(children.setThrough, queue);
  await queue.put(map);
  await child.join();
  assertEquals(map.getSync("from"), "the child");
});

test("a map that a child has made, with another in it, outlives the child", async () => {
  const made = start(children.make, [["a", [1]], ["inner", sharedMap([["b", 2]])]]);
  using map = await made.result;
  await made.join();
  assertEquals(map.getSync("a"), [1]);
  using inner = map.getSync("inner") as SharedMap<string, number>;
  assertEquals(inner.getSync("b"), 2);
});

test("three processes count by update(), and lose nothing", async () => {
  using map = sharedMap<string, number>();
  await using pool = new Pool(3);
  const [keys, times] = [["a", "b"], 2_000];
  await Promise.all([1, 2, 3].map(() => pool.apply(children.countUp, [map, keys, times])));
  assertEquals(new Map(map), new Map([["a", 3_000], ["b", 3_000]]));
});

test("processes that set, delete, clear and get the same keys see whole values only", async () => {
  using map = sharedMap<number, number[]>();
  await using pool = new Pool(3);
  const torn = await Promise.all(
    [1, 2, 3].map((seed) => pool.apply(children.mix, [map, seed, 20_000])),
  );
  assertEquals(torn.flat(), []);
  assertEquals([...map.keys()].length, map.size);
});

test("who inserts first is believed by all", async () => {
  using map = sharedMap<number, string>();
  await using pool = new Pool(3);
  const all = await Promise.all(
    ["a", "b", "c"].map((by) => pool.apply(children.insertAll, [map, by, 2_000])),
  );
  assertEquals(all[0], all[1]);
  assertEquals(all[0], all[2]);
});

test("a snapshot shows what there was at one moment", async () => {
  // The seeds of maps differ: now one of the two lies in the part that is copied first, now the other.
  for (let round = 0; round < 4; round++) {
    using map = sharedMap<string, number>();
    const child = start(children.countInStep, map);
    await until(() => map.hasSync("b"), "the child is at it");
    for (let i = 0; i < 300; i++) {
      const copy = await map.snapshot();
      const ahead = copy.get("a")! - copy.get("b")!;
      assert(ahead === 0 || ahead === 1, `a is ${ahead} ahead of b`);
    }
    child.kill();
    await child.join();
  }
});

test("processes that are killed at it leave whole values, the right size, and nothing else", async () => {
  using map = sharedMap<number, number[]>();
  using done = new SharedValue("i");
  for (let round = 0; round < 12; round++) {
    const before = done.value;
    const child = start(children.mixForever, map, round * 1_000_000, done);
    await until(() => done.value > before, "the child is in the middle of it");
    child.kill();
    await child.join();
    const entries = [...map];
    assertEquals(entries.length, map.size);
    for (const [, value] of entries) assert(children.isWhole(value), `torn: ${value}`);
    for (let key = 0; key < 50; key++) map.setSync(key, children.wholeValue(key));
    assertEquals(map.size, 50);
  }
});
