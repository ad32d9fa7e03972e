import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ClosedError, ProcessError, SerializationError, TimeoutError } from "../../src/errors.ts";
import { Queue } from "../../src/channel/queue.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

test("Queue gives items back in the order in which they were put, sync and async", async () => {
  using queue = new Queue<unknown>();
  const items = [42, "text", { a: [1, { b: null }] }, undefined, new Map([["k", 1n]]), -0, [[]]];
  for (const item of items) await queue.put(item);
  for (const item of items) assertEquals(await queue.get(), item);
  for (const item of items) queue.putSync(item);
  for (const item of items) assertEquals(queue.getSync(), item);
  for (const item of items) assert(queue.tryPut(item));
  for (const item of items) assertEquals(queue.tryGet(), { state: "item", value: item });
  assertEquals(queue.tryGet(), { state: "empty" });
});

test("Queue copies an item when it is put, not when it is got", async () => {
  using queue = new Queue<number[]>(1);
  const item = [1];
  await queue.put(item);
  const waiting = queue.put(item);
  item[0] = 2;
  assertEquals([await queue.get(), await queue.get()], [[1], [1]]);
  await waiting;
});

test("Queue says exactly how many items are in it", async () => {
  using queue = new Queue<number>(3);
  assertEquals([queue.maxSize, queue.size, queue.isEmpty, queue.isFull], [3, 0, true, false]);
  for (let size = 1; size <= 3; size++) {
    await queue.put(size);
    assertEquals([queue.size, queue.isEmpty, queue.isFull], [size, false, size === 3]);
  }
  assertEquals(queue.tryPut(4), false);
  assertEquals(queue.size, 3);
  queue.getSync();
  assertEquals([queue.size, queue.isFull], [2, false]);
});

test("an unbounded queue is never full", async () => {
  using queue = new Queue<number>();
  assertEquals(queue.maxSize, 0);
  for (let i = 0; i < 5_000; i++) await queue.put(i);
  assertEquals([queue.size, queue.isFull], [5_000, false]);
  for (let i = 0; i < 5_000; i++) assertEquals(queue.getSync(), i);
});

test("a queue of a million items takes a million, and no more", () => {
  using queue = new Queue<number>(1_000_000);
  for (let i = 0; i < 1_000_000; i++) queue.putSync(i);
  assertEquals([queue.isFull, queue.tryPut(-1)], [true, false]);
  for (let i = 0; i < 1_000_000; i++) {
    if (queue.getSync() !== i) throw new Error(`item ${i} is wrong`);
  }
  assert(queue.isEmpty);
});

test("Queue refuses sizes that are none", () => {
  for (const size of [-1, 0.5, NaN, Infinity, "3" as unknown as number]) {
    assertThrows(() => new Queue(size), RangeError, "maxSize must be an integer");
  }
});

test("Queue.put() waits while the queue is full, in the order of the calls", async () => {
  using queue = new Queue<number>(1);
  await queue.put(0);
  const puts = [1, 2, 3].map((item) => queue.put(item));
  for (let item = 0; item <= 3; item++) assertEquals(await queue.get(), item);
  await Promise.all(puts);
});

test("what waits in Queue.put() is overtaken neither by tryPut() nor by putSync()", async () => {
  using queue = new Queue<number>(2);
  await queue.put(0);
  await queue.put(1);
  const waiting = queue.put(2);
  assertEquals(queue.getSync(), 0);
  assertEquals(queue.tryPut(9), false);
  queue.getSync();
  queue.putSync(3);
  await waiting;
  assertEquals([queue.getSync(), queue.getSync()], [2, 3]);
  assert(queue.isEmpty);
});

test("Queue.get() waits, and who called first is served first", async () => {
  using queue = new Queue<string>();
  const gets = [queue.get(), queue.get(), queue.get()];
  for (const item of ["a", "b", "c"]) await queue.put(item);
  assertEquals(await Promise.all(gets), ["a", "b", "c"]);
});

test("waits end with their timeout, and leave the queue as it was", async () => {
  using queue = new Queue<number>(1);
  await assertRejects(() => queue.get({ timeout: 5 }), TimeoutError, "an item in the queue");
  assertThrows(() => queue.getSync({ timeout: 5 }), TimeoutError, "within 5 ms");
  await assertRejects(() => queue.get({ timeout: 0 }), TimeoutError);
  await queue.put(1);
  await assertRejects(() => queue.put(2, { timeout: 5 }), TimeoutError, "room in the queue");
  assertThrows(() => queue.putSync(2, { timeout: 0 }), TimeoutError);
  assertThrows(() => queue.putSync(2, { timeout: -1 }), RangeError, "timeout");
  assertEquals([queue.size, queue.getSync()], [1, 1]);
});

test("a wait with a timeout takes what is there", async () => {
  using queue = new Queue<number>(1);
  await queue.put(1, { timeout: 0 });
  assertEquals(await queue.get({ timeout: 0 }), 1);
  queue.putSync(2, { timeout: 0 });
  assertEquals(queue.getSync({ timeout: 0 }), 2);
});

test("waits end with the reason of their signal", async () => {
  using queue = new Queue<number>(1);
  const controller = new AbortController();
  const get = queue.get({ signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  assertStrictEquals(await get.catch((error) => error), reason);
  assertStrictEquals(
    await queue.put(1, { signal: controller.signal }).catch((error) => error),
    reason,
  );
  assertThrows(() => queue.putSync(1, { signal: controller.signal }), Error, "enough");
  assertThrows(() => queue.getSync({ signal: controller.signal }), Error, "enough");
  assertEquals(queue.size, 0);
});

test("what cannot be sent throws where it is put, and leaves the queue as it was", async () => {
  using queue = new Queue<unknown>(1);
  const bad = { list: [1, { onClick: () => {} }] };
  const refused = "Cannot send value.list[1].onClick";
  await assertRejects(() => queue.put(bad), SerializationError, refused);
  assertThrows(() => queue.putSync(bad), SerializationError, refused);
  assertThrows(() => queue.tryPut(bad), SerializationError, refused);
  assertEquals(queue.size, 0);
  await queue.put("good");
  assertEquals(await queue.get(), "good");
});

test("a closed queue gives out what it has, and then ends", async () => {
  using queue = new Queue<number>();
  await queue.put(1);
  await queue.put(2);
  assertEquals(queue.isClosed, false);
  queue.close();
  queue.close();
  assertEquals(queue.isClosed, true);
  await assertRejects(() => queue.put(3), ClosedError, "Cannot put into the queue: it is closed");
  assertThrows(() => queue.putSync(3), ClosedError);
  assertThrows(() => queue.tryPut(3), ClosedError);
  assertEquals([await queue.get(), queue.getSync()], [1, 2]);
  await assertRejects(() => queue.get(), ClosedError, "it is closed and empty");
  assertThrows(() => queue.getSync(), ClosedError);
  assertEquals(queue.tryGet(), { state: "closed" });
});

test("closing a queue ends waits of both kinds", async () => {
  using empty = new Queue<number>();
  using full = new Queue<number>(1);
  await full.put(1);
  const waits = [empty.get(), empty.get(), full.put(2)];
  const ended = Promise.allSettled(waits);
  empty.close();
  full.close();
  for (const { status, reason } of await ended as PromiseRejectedResult[]) {
    assertEquals(status, "rejected");
    assert(reason instanceof ClosedError);
  }
  assertEquals(await full.get(), 1);
});

test("iteration takes items out until the queue is closed", async () => {
  using queue = new Queue<number>(2);
  const put = (async () => {
    for (let i = 0; i < 10; i++) await queue.put(i);
    queue.close();
  })();
  const got: number[] = [];
  for await (const item of queue) got.push(item);
  assertEquals(got, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await put;
});

test("leaving an iteration leaves what was not taken", async () => {
  using queue = new Queue<number>();
  for (let i = 0; i < 3; i++) await queue.put(i);
  for await (const item of queue) {
    assertEquals(item, 0);
    break;
  }
  assertEquals(queue.size, 2);
});

test("a loop over a queue that is never empty lets timers have their turn", async () => {
  using queue = new Queue<number>();
  let isOver = false;
  setTimeout(() => isOver = true, 0);
  while (!isOver) {
    await queue.put(1);
    await queue.get();
  }
});

test("a value whose getter puts something else arrives whole", async () => {
  using queue = new Queue<unknown>();
  const value = {
    before: "before",
    get inner() {
      queue.putSync("from the getter");
      return "inner";
    },
    after: "after",
  };
  await queue.put(value);
  assertEquals(await queue.get(), "from the getter");
  assertEquals(await queue.get(), { before: "before", inner: "inner", after: "after" });
});

test("items of every size arrive whole", async () => {
  using queue = new Queue<Uint8Array>();
  const sizes = [0, 1, 3, 500, 509, 510, 511, 512, 513, 4_000, 70_000, 1_100_000, 9_000_000];
  for (const size of sizes) await queue.put(new Uint8Array(size).fill(size & 255));
  for (const size of sizes) {
    const item = await queue.get();
    assertEquals(item.length, size);
    assert(item.every((byte) => byte === (size & 255)));
  }
});

test("a queue through a queue is the same queue", async () => {
  using outer = new Queue<Queue<string>>();
  using inner = new Queue<string>();
  await outer.put(inner);
  const received = await outer.get();
  assertStrictEquals(received, inner);
});

test("a queue that was disposed of cannot be used", async () => {
  const queue = new Queue<number>(1);
  await queue.put(1);
  const waiting = queue.put(2);
  assertThrows(() => queue.dispose(), ProcessError, "1 waits of this process are pending");
  queue.getSync();
  await waiting;
  queue.dispose();
  queue.dispose();
  assertThrows(() => queue.putSync(1), ClosedError, "this process has disposed of it");
  assertThrows(() => queue.size, ClosedError);
  await assertRejects(() => queue.get(), ClosedError);
  using other = new Queue<unknown>();
  assertThrows(() => other.putSync(queue), ClosedError, "Cannot send the queue");
});

test("large items of changing lengths arrive as they are, one after another", async () => {
  using queue = new Queue<Uint8Array>(2);
  for (const large of [40_000, 131_000, 66_000, 500_000, 4_000_000, 2_100_000, 3_000_001]) {
    for (const length of [large, large - 5_000, Math.floor(large * 0.6), large - 1, large]) {
      await queue.put(new Uint8Array(length).fill(length & 255));
      const item = await queue.get();
      assertEquals(item.length, length);
      assert(item.every((byte) => byte === (length & 255)));
    }
  }
});
