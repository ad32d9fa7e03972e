import { assert, assertEquals, assertThrows } from "@std/assert";
import { readFileSync } from "node:fs";
import { OutOfMemoryError, Process, sharedArray, SharedMemory } from "../../mod.ts";
import { currentRuntime } from "../../src/runtime/current.ts";
import { blocks } from "../fixtures/shared/count.ts";
import { takeAll } from "../fixtures/shared/greedy.ts";
import { makeMemoryGroup } from "../fixtures/shared/memory_group.ts";
import { registerLeakCheck, test } from "../support/harness.ts";

registerLeakCheck("blocks", blocks);

const MiB = 2 ** 20;
const LIMIT = 256 * MiB;

const probe = makeMemoryGroup(LIMIT);
probe?.remove();
const reason = "this process may not make a control group";
const ignore = probe === undefined ? { deno: reason, bun: reason, node: reason } : {};

test(
  "a full machine is an OutOfMemoryError and not the end of the process",
  { ignore },
  async () => {
    const group = makeMemoryGroup(LIMIT)!;
    try {
      using go = sharedArray("i", 1);
      const child = new Process(takeAll, { args: [go, 16 * MiB] }).start();
      group.add(child.pid!);
      Atomics.store(go, 0, 1);
      const { error, byteLength, whole, again } = await child.result;
      await child.join();
      assertEquals({ error, whole, again }, {
        error: "OutOfMemoryError",
        whole: true,
        again: true,
      });
      assert(byteLength > LIMIT / 4 && byteLength <= LIMIT, `it had ${byteLength} bytes`);
    } finally {
      group.remove();
    }
  },
);

test("more than the machine has left is refused before any of it is taken", () => {
  const [, kibibytes] = /^MemAvailable:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))!;
  const more = Number(kibibytes) * 1024 * 2;
  assertThrows(() => SharedMemory.create({ size: more }), OutOfMemoryError, "available are");
  // Bun views less than many a machine has.
  if (more > currentRuntime().largestView) return;
  assertThrows(() => sharedArray("B", more), OutOfMemoryError, "available are");
});
