import { assert, assertEquals } from "@std/assert";
import { Process } from "../../mod.ts";
import type { WordIndex } from "../../src/memory/words.ts";
import { member } from "../../src/parking/member.ts";
import { ownerOfProcess } from "../../src/process/process.ts";
import { beginRecovery, nothing, stay, stayWithChild } from "../fixtures/owner/targets.ts";
import { test, until } from "../support/harness.ts";
import "../support/shared_memory.ts";

/** Words of zero, for as long as the test needs them. */
class Ready implements Disposable {
  readonly at: WordIndex;

  constructor(words: number) {
    const { heap, allocator: { cells } } = member();
    this.at = cells.allocate(words * 4);
    for (let i = 0; i < words; i++) heap.words.store(this.at + i, 0);
  }

  /** The value of a word, once it is not 0. */
  value(i: number): Promise<number> {
    return until(() => member().heap.words.load(this.at + i), "a child is ready");
  }

  [Symbol.dispose](): void {
    member().allocator.cells.free(this.at);
  }
}

function owners(): number {
  return [...member().table.owners()].length;
}

test("a child is alive in the table from its start to its death", async () => {
  using ready = new Ready(1);
  const { table } = member();
  const child = new Process(stay, { args: [ready.at] }).start();
  const owner = ownerOfProcess(child);
  assert(table.isAlive(owner));
  assertEquals(await ready.value(0), owner);
  assertEquals([table.isAlive(owner), table.pidOf(owner)], [true, child.pid]);
  child.kill();
  await until(() => !table.isAlive(owner), "it is seen to be dead");
  await child.join();
  assertEquals([table.isGone(owner), table.pidOf(owner)], [true, 0]);
});

test("children one after another take the same slot", async () => {
  const { table } = member();
  const run = async () => {
    const child = new Process(nothing).start();
    await child.join();
  };
  await run();
  const { used } = table;
  for (let i = 0; i < 8; i++) await run();
  assertEquals(table.used, used);
});

test("a child that is killed before it comes leaves its slot", async () => {
  const before = owners();
  for (let i = 0; i < 4; i++) {
    const child = new Process(nothing).start();
    child.kill();
    await child.join();
    assertEquals(child.signal, "SIGKILL");
    assertEquals(owners(), before);
  }
});

test("the children of a child that is killed are found dead, too", async () => {
  using ready = new Ready(2);
  const { table, recovery } = member();
  const before = owners();
  const child = new Process(stayWithChild, { args: [ready.at, ready.at + 1] }).start();
  const [owner, grandchild] = [await ready.value(0), await ready.value(1)];
  assert(table.isAlive(owner) && table.isAlive(grandchild));
  child.kill();
  await child.join();
  await until(() => !table.isAlive(grandchild), "the kernel has ended it");
  recovery.sweep();
  assertEquals(owners(), before);
});

test("who dies in the middle of a recovery leaves it to its own recoverer", async () => {
  using ready = new Ready(2);
  const { table } = member();
  const before = owners();
  const child = new Process(beginRecovery, { args: [ready.at, ready.at + 1] }).start();
  const [owner, grandchild] = [await ready.value(0), await ready.value(1)];
  assertEquals([table.isAlive(owner), table.isAlive(grandchild)], [true, false]);
  assert(table.isUnrecovered(grandchild) && table.isScanning());
  child.kill();
  // No sweep: its exit event is all that this process is told.
  await child.join();
  assertEquals([table.isGone(owner), table.isGone(grandchild)], [true, true]);
  assertEquals([owners(), table.isScanning()], [before, false]);
});
