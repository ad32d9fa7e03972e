import { assert, assertEquals } from "@std/assert";
import { statSync } from "node:fs";
import { dispose, Pool, Process, sharedArray } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { collect } from "../fixtures/shared/collect.ts";
import { blocks, cells } from "../fixtures/shared/count.ts";
import {
  drop,
  forget,
  holdForEver,
  keep,
  keepByView,
  makeForEver,
  sumKept,
  useLate,
} from "../fixtures/shared/lifetimes.ts";
import { registerLeakCheck, test, until } from "../support/harness.ts";
import { heapMappings } from "../support/proc.ts";

registerLeakCheck("blocks", blocks);
registerLeakCheck("cells", cells);

/** How many bytes of the heap have pages. */
function taken(): number {
  return 512 * statSync(`/proc/self/fd/${member().heap.segment}`).blocks;
}

/** Of bytes: what is larger than 1 MiB is not kept for the next. */
const LARGE = 2 ** 21;

test("dispose() gives memory and mapping back at once, in whatever way it is said", () => {
  dispose(sharedArray("B", LARGE));
  const before = { blocks: blocks(), mappings: heapMappings().length, taken: taken() };
  {
    using _ = sharedArray("B", LARGE);
    assertEquals(blocks(), before.blocks + 1);
    assertEquals(heapMappings().length, before.mappings + 1);
    assertEquals(taken(), before.taken + LARGE);
  }
  dispose(sharedArray("B", LARGE).subarray(5));
  dispose(new DataView(sharedArray("B", LARGE).buffer, 8));
  dispose(sharedArray("B", LARGE).buffer);
  const after = { blocks: blocks(), mappings: heapMappings().length, taken: taken() };
  assertEquals(after, before);
});

test("small memory is kept for the next of its size, as zeros, and not much of it", () => {
  const before = taken();
  for (let round = 0; round < 5; round++) {
    const all = Array.from({ length: 300 }, (_, i) => sharedArray("B", 2 ** 15 - i));
    for (const xs of all) {
      assert(xs.every((x) => x === 0));
      xs.fill(255);
    }
    all.forEach((xs) => dispose(xs));
    assert(taken() <= before + 5 * 2 ** 20, `${taken() - before} bytes more than before`);
  }
});

test("a hundred rounds of 16 MiB leave the heap as large as it was", () => {
  dispose(sharedArray("B", 2 ** 24));
  const before = taken();
  for (let i = 0; i < 100; i++) {
    using xs = sharedArray("B", 2 ** 24);
    xs[i * 1000] = 1;
  }
  assert(taken() <= before + 2 ** 16, `${taken()} bytes, before ${before}`);
});

test("what is not reachable any more is freed and unmapped by the collector", async () => {
  const before = { blocks: blocks(), mappings: heapMappings().length };
  (() => {
    for (let i = 0; i < 100; i++) sharedArray("i", 1000).fill(i);
  })();
  await until(async () => {
    await collect();
    return blocks() <= before.blocks && heapMappings().length <= before.mappings;
  }, "all of it is freed");
});

test("any view keeps the memory, whatever the collector does", async () => {
  const views = (() => {
    const part = sharedArray("i", 1000).fill(1).subarray(5, 7);
    const data = new DataView(sharedArray("i", 1000).fill(2).buffer, 4, 4);
    const xs = sharedArray("i", 1000).fill(3);
    const closure = { read: () => xs[5], [Symbol.dispose]: () => dispose(xs) };
    return { part, data, closure, buffer: sharedArray("i", 1000).fill(4).buffer };
  })();
  for (let i = 0; i < 10; i++) {
    await collect();
    assertEquals(views.part[1], 1);
    assertEquals(views.data.getInt32(0, true), 2);
    assertEquals(views.closure.read(), 3);
    assertEquals(new Int32Array(views.buffer)[999], 4);
  }
  await using pool = new Pool(1);
  assertEquals(await pool.apply(keepByView, [views.part]), [1, 0, 1, 2, 3]);
  assertEquals(new Int32Array(views.part.buffer)[1], 4);
  for (const view of Object.values(views)) dispose(view);
});

test("memory stays while any process holds it, and goes when the last lets go", async () => {
  const before = blocks();
  await using pool = new Pool(1);
  const xs = sharedArray("i", LARGE / 4);
  xs.set([1, 2, 3]);
  await pool.apply(keep, [xs]);
  dispose(xs);
  for (let i = 0; i < 5; i++) dispose(sharedArray("i", LARGE / 4).fill(9));
  assertEquals(blocks(), before + 1);
  assertEquals(await pool.apply(sumKept), 6);
  await pool.apply(drop);
  assertEquals(blocks(), before);
});

test("a child's collector lets go of what it received", async () => {
  const before = blocks();
  await using pool = new Pool(1);
  const xs = sharedArray("i", [1, 2, 3]);
  await pool.apply(keep, [xs]);
  dispose(xs);
  await pool.apply(forget);
  assertEquals(blocks(), before);
});

test("a child that exits lets go of everything, disposed or not", async () => {
  const before = blocks();
  {
    using xs = sharedArray("i", [1]);
    const child = new Process(keep, { args: [xs] }).start();
    await child.join();
  }
  await until(() => blocks() === before, "the memory is freed");
});

test("a killed process lets go of what it held and of what it made", async () => {
  const before = { blocks: blocks(), taken: taken() };
  {
    using xs = sharedArray("i", [0]);
    using said = sharedArray("i", [0]);
    const holder = new Process(holdForEver, { args: [xs] }).start();
    const maker = new Process(makeForEver, { args: [said, 2 ** 22] }).start();
    await until(() => Atomics.load(xs, 0) === 1 && Atomics.load(said, 0) === 10, "both have it");
    assertEquals(blocks(), before.blocks + 12);
    assert(taken() > before.taken + 10 * 2 ** 22);
    holder.kill();
    maker.kill();
    await Promise.all([holder.join(), maker.join()]);
    await until(() => blocks() === before.blocks + 2, "what the maker had is freed");
    // The holder died, we did not.
    assertEquals(xs[0], 1);
  }
  await until(() => blocks() === before.blocks, "the rest is freed");
  assert(taken() < before.taken + 2 ** 22, "the memory is the machine's again");
});

test("late use of what was disposed is undefined or an error, never a crash", async () => {
  await using pool = new Pool(1);
  const outcomes = await pool.apply(useLate);
  assertEquals(outcomes, {
    read: "undefined",
    write: "1",
    length: "0",
    part: "undefined",
    bytes: "undefined",
    data: "TypeError",
    fill: "TypeError",
    map: "TypeError",
    set: outcomes.set,
    atomic: "TypeError",
    slice: "TypeError",
    iterate: "TypeError",
    spread: "TypeError",
    view: "TypeError",
    shared: "false",
    again: "undefined",
    hot: "0",
  });
  // Engines differ in which: it is out of bounds, and the array is detached.
  assert(["TypeError", "RangeError"].includes(outcomes.set));
});
