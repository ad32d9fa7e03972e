import { assertEquals } from "@std/assert";
import { activeChildren, Process } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import * as targets from "../fixtures/process/targets.ts";
import { runtimeName, test } from "../support/harness.ts";
import { descriptors, heapMappings } from "../support/proc.ts";
import "../support/shared_memory.ts";

/** How many one after another: as many as take as long. */
const MANY = { deno: 50, bun: 80, node: 25 }[runtimeName];

/** What could grow with each process. */
function inUse(): unknown {
  const { allocator, table } = member();
  return {
    cells: allocator.cells.count(),
    blocks: allocator.blocks.count(),
    owners: [...table.owners()].length,
    usedSlots: table.used,
    descriptors: descriptors().size,
    mappings: heapMappings().length,
    active: activeChildren().length,
  };
}

test("a child has children, four generations deep", async () => {
  const child = new Process(targets.descend, { args: [3], name: "a" }).start();
  assertEquals(await child.result, ["a", "a:1", "a:1:1", "a:1:1:1"]);
  await child.join();
});

test(`${MANY} processes one after another leave everything as it was after the first`, async () => {
  let first: unknown;
  for (let i = 0; i < MANY; i++) {
    const child = new Process(targets.add, { args: [i, 1] }).start();
    assertEquals(await child.result, i + 1);
    await child.join();
    first ??= inUse();
  }
  assertEquals(inUse(), first);
});

test("thirty processes at once each have their own result", async () => {
  const children = Array.from(
    { length: 30 },
    (_, i) => new Process(targets.add, { args: [i, 100] }).start(),
  );
  assertEquals(new Set(children.map(({ pid }) => pid)).size, 30);
  const results = await Promise.all(children.map((child) => child.result));
  assertEquals(results, children.map((_, i) => i + 100));
  await Promise.all(children.map((child) => child.join()));
});
