import { assert, assertEquals, assertThrows } from "@std/assert";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { OutOfMemoryError, Process, sharedArray, SharedMemory } from "../../mod.ts";
import { currentRuntime } from "../../src/runtime/current.ts";
import { blocks } from "../fixtures/shared/count.ts";
import { takeAll } from "../fixtures/shared/greedy.ts";
import { makeMemoryGroup } from "../fixtures/shared/memory_group.ts";
import { registerLeakCheck, test, until } from "../support/harness.ts";

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
      Atomics.store(go, 0, 2);
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

/** Limits what a child may have; false where this machine has no command for that. */
function limit(pid: number, what: string, most: number): boolean {
  return spawnSync("prlimit", ["--pid", String(pid), `--${what}=${most}`]).status === 0;
}

const canLimit = spawnSync("prlimit", ["--version"]).status === 0;
const noCommand = "there is no prlimit";
const unlessLimited = canLimit ? {} : { deno: noCommand, bun: noCommand, node: noCommand };

const LIMITS: Record<string, (pid: number) => number> = {
  // What it may map, beyond what its runtime has mapped.
  as(pid) {
    const [, kibibytes] = /^VmSize:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
    return Number(kibibytes) * 1024 + LIMIT;
  },
  // How long a file may be: the heap is one, and what lies in front of its blocks has 1 GiB.
  fsize: () => 1024 * MiB + LIMIT,
};

for (const [what, most] of Object.entries(LIMITS)) {
  test(`a limit of ${what} is an OutOfMemoryError, too`, { ignore: unlessLimited }, async () => {
    using go = sharedArray("i", 1);
    const child = new Process(takeAll, { args: [go, 16 * MiB] }).start();
    // What it maps for itself is mapped by then.
    await until(() => Atomics.load(go, 0) === 1, "the child runs");
    assert(limit(child.pid!, what, most(child.pid!)));
    Atomics.store(go, 0, 2);
    const { error, byteLength, whole, again } = await child.result;
    await child.join();
    assertEquals({ error, whole, again }, { error: "OutOfMemoryError", whole: true, again: true });
    // What lies within the length that the heap's file has already is not limited.
    assert(byteLength > LIMIT / 4 && byteLength < 3 * LIMIT, `it had ${byteLength} bytes`);
  });
}

test("more than the machine has left is refused before any of it is taken", () => {
  const [, kibibytes] = /^MemAvailable:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))!;
  const more = Number(kibibytes) * 1024 * 2;
  assertThrows(() => SharedMemory.create({ size: more }), OutOfMemoryError, "available are");
  // Bun views less than many a machine has.
  if (more > currentRuntime().largestView) return;
  assertThrows(() => sharedArray("B", more), OutOfMemoryError, "available are");
});
