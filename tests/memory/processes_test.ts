import { assert, assertEquals, assertThrows } from "@std/assert";
import { OutOfMemoryError, Process } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { churn } from "../fixtures/memory/churn.ts";
import { Patterns } from "../fixtures/memory/patterns.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { heapBytes, inUse, SLACK } from "./in_use.ts";
import { emptyMailbox, makeMailbox } from "./mailbox.ts";

test("processes that allocate, free and exchange at random never get the same memory", async () => {
  const before = inUse();
  const sizes: number[] = [];
  for (let repetition = 0; repetition < 2; repetition++) {
    const mailbox = makeMailbox();
    const children = [1, 2, 3, 4].map((seed) =>
      new Process(churn, { args: [seed, 12_500, mailbox] }).start()
    );
    const received = await Promise.all(children.map((child) => child.result));
    for (const child of children) await child.join();
    for (const count of received) assert(count > 500, `received ${received.join(", ")}`);
    emptyMailbox(mailbox);
    assertEquals(inUse(), before);
    sizes.push(heapBytes());
  }
  assert(sizes[1] <= sizes[0] + SLACK, `the heap has grown from ${sizes[0]} to ${sizes[1]} bytes`);
});

test("the pages of what is freed go back to the machine", () => {
  const { cells, blocks } = member().allocator;
  const patterns = new Patterns(member());
  const before = heapBytes();
  const block = patterns.block(48 * 2 ** 20);
  const runs = Array.from({ length: 16 }, () => patterns.cell(2 ** 20 - 8));
  const small = Array.from({ length: 4000 }, () => patterns.cell(4000));
  assert(heapBytes() - before >= (48 + 16 + 15) * 2 ** 20, `${heapBytes() - before} bytes`);
  for (const place of [block, ...runs, ...small]) patterns.free(place);
  assert(heapBytes() <= before + SLACK, `${heapBytes() - before} bytes stay`);
  assertEquals([cells.count(member().owner), blocks.count()], [cells.count(), 0]);
});

test("more than the machine has is an OutOfMemoryError, and nothing of it stays", () => {
  const { cells, blocks } = member().allocator;
  const before = [...inUse(), heapBytes()];
  for (const length of [2 ** 40, 2 ** 41, 2 ** 42]) {
    const error = assertThrows(() => blocks.allocate(length), OutOfMemoryError);
    assert(/asked for \d+ bytes, available are \d+/.test(error.message), error.message);
  }
  assertThrows(() => blocks.allocate(2 ** 50), OutOfMemoryError);
  assertThrows(() => cells.allocate(2 ** 31), OutOfMemoryError);
  assertEquals([...inUse(), heapBytes()], before);
});
