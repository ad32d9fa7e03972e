import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  dispose,
  isShared,
  Manager,
  pipe,
  Pool,
  Process,
  Queue,
  SerializationError,
  sharedArray,
  sharedMap,
} from "../../mod.ts";
import {
  derive,
  describe,
  disposeHere,
  echo,
  increment,
  incrementAll,
  incrementBelow,
  incrementInDict,
  incrementInMap,
  incrementThrough,
  incrementThroughPipe,
  make,
  tail,
} from "../fixtures/shared/arrays.ts";
import { blocks } from "../fixtures/shared/count.ts";
import { registerLeakCheck, test, until } from "../support/harness.ts";

registerLeakCheck("blocks", blocks);

async function run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
  const child = new Process(fn, { args }).start();
  const result = await child.result;
  await child.join();
  return result;
}

test("a child writes where its parent reads", async () => {
  using xs = sharedArray("i", [1, 2, 3]);
  await run(increment, xs);
  assertEquals([...xs], [2, 3, 4]);
});

test("an array that comes back has the buffer that is here, and its subarray, too", async () => {
  using xs = sharedArray("i", [1, 2, 3]);
  const back = await run(echo<Int32Array>, xs);
  assertStrictEquals(back.buffer, xs.buffer);
  assertStrictEquals(back.constructor, Int32Array);
  const part = await run(tail, xs);
  assertStrictEquals(part.buffer, xs.buffer);
  assertEquals([part.byteOffset, part.length], [4, 2]);
});

test("an array nested in objects, arrays and Maps, and twice, is one array there", async () => {
  using xs = sharedArray("i", [0]);
  const value = { list: [xs, xs], map: new Map([["a", xs]]), object: { deep: { xs } } };
  assertEquals(await run(incrementAll, value), { isOne: true, views: 1 });
  assertEquals(xs[0], 1);
  const parts = { ...value, list: [xs.subarray(0)] };
  assertEquals(await run(incrementAll, parts), { isOne: true, views: 2 });
});

test("views of all kinds travel as views of the same memory", async () => {
  using xs = sharedArray("d", 8);
  const views = [
    xs,
    xs.subarray(2, 4),
    new Uint8Array(xs.buffer, 3, 5),
    new DataView(xs.buffer, 1, 9),
    new BigInt64Array(xs.buffer, 8),
  ];
  const expected = views.map((view) => ({
    name: view.constructor.name,
    offset: view.byteOffset,
    length: view.byteLength,
    sameBuffer: true,
    isShared: true,
  }));
  assertEquals(await run(describe, views as never), expected);
});

test("the buffer itself travels, and an array of length 0", async () => {
  using xs = sharedArray("d", 2);
  assertStrictEquals(await run(echo<ArrayBuffer>, xs.buffer), xs.buffer);
  using none = sharedArray("d", 0);
  const back = await run(echo<Float64Array>, none);
  assertStrictEquals(back.buffer, none.buffer);
});

test("a copy of a shared array is copied, not shared", async () => {
  using xs = sharedArray("i", [1, 2]);
  assertEquals(await run(derive, xs), [false, false, false, false]);
  const copy = await run(echo<Int32Array>, xs.slice());
  assertEquals([isShared(copy), ...copy], [false, 1, 2]);
});

test("children of children write into the same array", async () => {
  using xs = sharedArray("i", [0]);
  assertEquals(await run(incrementBelow, xs, 3), 4);
  assertEquals(xs[0], 4);
});

test("an array outlives the process that made it", async () => {
  const xs = await run(make, [1, 2, 3]);
  assertEquals([...xs], [1, 2, 3]);
  assert(isShared(xs));
  const again = await run(echo<Float64Array>, xs);
  assertStrictEquals(again.buffer, xs.buffer);
  dispose(xs);
});

test("arrays go through a Pool as items, arguments and results", async () => {
  using xs = sharedArray("i", 100);
  await using pool = new Pool(2);
  const parts = Array.from({ length: 10 }, (_, i) => xs.subarray(i * 10, i * 10 + 10));
  await pool.map(increment, parts, { chunkSize: 3 });
  assert(xs.every((x) => x === 1));
  const back = await pool.map(tail, parts);
  assert(back.every((part) => part.buffer === xs.buffer));
  const made = await pool.map(make, [[1], [2], [3], [4]]);
  assertEquals(made.map(([first]) => first), [1, 2, 3, 4]);
  made.forEach((array) => dispose(array));
});

test("arrays outlive the workers and the pool that made them", async () => {
  let made: Float64Array[];
  {
    await using pool = new Pool(2);
    made = await pool.map(make, [[1], [2, 3], [4]]);
  }
  assertEquals(made.map((xs) => [...xs]), [[1], [2, 3], [4]]);
  await run(increment as (xs: unknown) => void, made[1]);
  assertEquals([...made[1]], [3, 4]);
  made.forEach((xs) => dispose(xs));
});

test("arrays go through queues both ways, and stay one array", async () => {
  using xs = sharedArray("i", [1, 2, 3]);
  using queue = new Queue<Int32Array>();
  using back = new Queue<Map<string, Int32Array[]>>();
  const child = new Process(incrementThrough, { args: [queue, back] }).start();
  for (let round = 0; round < 3; round++) {
    await queue.put(round === 1 ? xs.subarray(1) : xs);
    const [part, whole] = (await back.get()).get("parts")!;
    assertStrictEquals(part.buffer, xs.buffer);
    assertStrictEquals(whole.buffer, xs.buffer);
    assertEquals(part.byteOffset, whole.byteOffset + 4);
  }
  queue.close();
  await child.join();
  assertEquals([...xs], [3, 5, 6]);
});

test("an array that nobody takes out of a queue goes with the queue", async () => {
  const before = blocks();
  {
    using queue = new Queue<Int32Array>();
    using xs = sharedArray("i", 1000);
    await queue.put(xs);
  }
  assertEquals(blocks(), before);
});

test("arrays go through a pipe both ways", async () => {
  using xs = sharedArray("i", [1, 2]);
  const [here, there] = pipe<Int32Array, { tail: Int32Array }>();
  const child = new Process(incrementThroughPipe, { args: [there] }).start();
  there.close();
  for (let round = 0; round < 3; round++) {
    await here.send(xs);
    const { tail } = await here.recv();
    assertStrictEquals(tail.buffer, xs.buffer);
    assertEquals([tail.byteOffset, tail[0]], [4, 3 + round]);
  }
  here.close();
  await child.join();
  assertEquals(child.exitCode, 0);
  assertEquals([...xs], [4, 5]);
});

test("arrays are values of a shared map, and stay as long as they are", async () => {
  using map = sharedMap<string, Int32Array>();
  {
    using xs = sharedArray("i", [1, 2, 3]);
    map.setSync("whole", xs);
    map.setSync("part", xs.subarray(1, 2));
  }
  await run(incrementInMap, map);
  const whole = map.getSync("whole")!;
  assertEquals([...whole], [2, 4, 4]);
  assertStrictEquals(map.getSync("part")!.buffer, whole.buffer);
  dispose(whole);
});

test("arrays are values of a manager's dict, and are not copied by it", async () => {
  using xs = sharedArray("i", [1, 2, 3]);
  {
    await using manager = new Manager();
    const dict = manager.dict<string, Int32Array>();
    await dict.set("xs", xs);
    await run(incrementInDict, dict);
    const back = await dict.get("xs");
    assertStrictEquals(back!.buffer, xs.buffer);
  }
  assertEquals([...xs], [2, 3, 4]);
});

test("a child that disposes an array takes it from nobody else", async () => {
  using xs = sharedArray("i", [1]);
  assertEquals(await run(disposeHere, xs), 0);
  assertEquals([...xs], [7]);
});

test("a disposed array cannot be sent, and the error says which", async () => {
  const xs = sharedArray("i", [1]);
  dispose(xs);
  await assertRejects(
    () => run(echo<unknown>, { deep: [xs] }),
    SerializationError,
    "args[0].deep[0]: a shared array that was disposed here",
  );
});

test("what is on its way when its sender lets go arrives", async () => {
  await using pool = new Pool(1);
  const before = blocks();
  const sent = Array.from({ length: 20 }, (_, i) => {
    using xs = sharedArray("i", [i]);
    return pool.apply(echo<Int32Array>, [xs]);
  });
  const received = await Promise.all(sent);
  assertEquals(received.map(([first]) => first), [...sent.keys()]);
  received.forEach((xs) => dispose(xs));
  pool.close();
  await pool.join();
  await until(() => blocks() <= before, "no block is left");
});
