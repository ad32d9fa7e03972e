import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Process, Queue } from "../../mod.ts";
import { PIECES } from "../../src/channel/layout.ts";
import { member } from "../../src/parking/member.ts";
import * as children from "../fixtures/channel/queues.ts";
import type { Kind, Numbered } from "../fixtures/channel/queues.ts";
import { heapBytes } from "../memory/in_use.ts";
import { test, until } from "../support/harness.ts";
import "../support/shared_memory.ts";

const kinds: readonly Kind[] = ["sync", "async"];

test("an item in a queue of size 1 is there after the child that put it was joined", async () => {
  using queue = new Queue<string>(1);
  const child = new Process(children.putOne, { args: [queue, "from the child"] }).start();
  await child.join();
  assertEquals(child.exitCode, 0);
  assertEquals(queue.isFull, true);
  assertEquals(await queue.get(), "from the child");
});

test("a child can be joined whatever it has left in a queue", () => {
  using queue = new Queue<Uint8Array>();
  const item = new Uint8Array(3_000_000).fill(7);
  const child = new Process(children.putOne, { args: [queue, item] }).start();
  assert(child.joinSync());
  assertEquals(queue.getSync(), item);
});

for (const kind of kinds) {
  test(`a child that waits (${kind}) in get() is woken by an item, each time`, async () => {
    using requests = new Queue<unknown>();
    using replies = new Queue<unknown>();
    const child = new Process(children.echo, { args: [requests, replies, kind] }).start();
    for (let i = 0; i < 200; i++) {
      await requests.put(i);
      assertEquals(await replies.get(), i);
      requests.putSync({ i });
      assertEquals(replies.getSync(), { i });
    }
    await requests.put("end");
    requests.close();
    await child.result;
  });

  test(`a child that waits (${kind}) in put() is woken by room, each time`, async () => {
    using queue = new Queue<Numbered>(1);
    const child = new Process(children.putMany, { args: [queue, 0, 200, kind] }).start();
    for (let n = 0; n < 200; n++) assertEquals(await queue.get(), { by: 0, n });
    await child.result;
    assert(queue.isEmpty);
  });

  test(`two producers and two consumers (${kind}) lose and double nothing, each in order`, async () => {
    using queue = new Queue<Numbered>(16);
    const count = 2_000;
    const producers = [0, 1].map((by) =>
      new Process(children.putMany, { args: [queue, by, count, kind] }).start()
    );
    const consumers = [0, 1].map(() =>
      new Process(children.takeAll<Numbered>, { args: [queue, kind] }).start()
    );
    for (const producer of producers) await producer.result;
    queue.close();
    const taken = await Promise.all(consumers.map((consumer) => consumer.result));
    for (const by of [0, 1]) {
      const all = taken.flat().filter((item) => item.by === by).map((item) => item.n);
      assertEquals(all.toSorted((a, b) => a - b), Array.from({ length: count }, (_, n) => n));
      for (const one of taken) {
        const mine = one.filter((item) => item.by === by).map((item) => item.n);
        assertEquals(mine, mine.toSorted((a, b) => a - b));
      }
    }
  });
}

test("several processes that wait get one item each", async () => {
  using queue = new Queue<number>();
  const takers = [...kinds, ...kinds].map((kind) =>
    new Process(children.takeOne<number>, { args: [queue, kind] }).start()
  );
  for (const n of [1, 2, 3, 4]) await queue.put(n);
  const taken = await Promise.all(takers.map((taker) => taker.result));
  assertEquals(taken.toSorted(), [1, 2, 3, 4]);
});

test("a queue goes through a queue to another process, and works there", async () => {
  using outer = new Queue<Queue<string>>();
  using inner = new Queue<string>();
  const child = new Process(children.answer, { args: [outer] }).start();
  await outer.put(inner);
  assertEquals(await inner.get(), "from the child");
  await child.join();
});

test("closing a queue ends the loop of another process", async () => {
  using queue = new Queue<number>();
  const child = new Process(children.takeAll<number>, { args: [queue, "async"] }).start();
  await queue.put(1);
  await until(() => queue.isEmpty, "the child has taken the item");
  queue.close();
  assertEquals(await child.result, [1]);
});

test("what cannot be sent throws in the process that puts it, with its path", async () => {
  using queue = new Queue<unknown>();
  const [message, size] = await new Process(children.putBad, { args: [queue] }).start().result;
  assertStringIncludes(message, "Cannot send value.callbacks[0]");
  assertEquals(size, 0);
});

test("items of 64 KiB, 8 MiB and 100 MiB arrive whole in another process", async () => {
  using queue = new Queue<Uint8Array>(2);
  const sizes = [64 * 2 ** 10, 8 * 2 ** 20, 100 * 2 ** 20];
  const child = new Process(children.sumOf, { args: [queue, sizes.length] }).start();
  for (const size of sizes) await queue.put(new Uint8Array(size).fill(1));
  assertEquals(await child.result, sizes.map((size) => size + size / 4096));
});

test("an item of 1 GiB arrives whole in another process", async () => {
  using queue = new Queue<Uint8Array>(1);
  const child = new Process(children.sumOf, { args: [queue, 1] }).start();
  const item = new Uint8Array(2 ** 30);
  item[0] = item[2 ** 29] = item[2 ** 30 - 4096] = 7;
  await queue.put(item);
  assertEquals(await child.result, [2 ** 30 + 21]);
});

test("a slow consumer holds the memory of a fast producer's queue flat", async () => {
  const { cells } = member().allocator;
  using queue = new Queue<Uint8Array>(8);
  const child = new Process(children.putLarge, { args: [queue, 300, 50_000] }).start();
  await until(() => queue.isFull, "the producer waits for room");
  const full = cells.count();
  for (let i = 0; i < 300; i++) {
    assertEquals((await queue.get()).length, 50_000);
    // The queue has as many pieces for the next items at most as it keeps.
    assert(cells.count() <= full + PIECES + 2, `${cells.count()} cells, ${full} when it was full`);
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await child.result;
});

test("a queue that was emptied of large items gives nearly all of their memory back", () => {
  using queue = new Queue<Uint8Array>();
  const item = new Uint8Array(8 * 2 ** 20).fill(1);
  const before = heapBytes();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 8; i++) queue.putSync(item);
    assert(heapBytes() - before >= 8 * item.length, "eight items are there");
    for (let i = 0; i < 8; i++) assertEquals(queue.getSync().length, item.length);
    const kept = heapBytes() - before;
    assert(kept < 2 * item.length, `an empty queue keeps ${kept} bytes`);
  }
});

test("an unbounded queue grows with what is in it, and shrinks again", () => {
  const { cells } = member().allocator;
  using queue = new Queue<string>();
  const item = "x".repeat(400);
  const before = cells.count();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) queue.putSync(item);
    assert(cells.count() >= before + 100, `${cells.count() - before} segments hold 8 MB`);
    for (let i = 0; i < 20_000; i++) queue.getSync();
    assert(cells.count() <= before + 2, `${cells.count() - before} segments hold nothing`);
  }
});
