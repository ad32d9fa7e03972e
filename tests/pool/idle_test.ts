import { assert } from "@std/assert";
import { Pool } from "../../mod.ts";
import * as calls from "../fixtures/pool/calls.ts";
import { test, until } from "../support/harness.ts";
import { readProc } from "../support/proc.ts";

interface Use {
  readonly pid: number;
  /** How often the thread that runs JavaScript has gone to sleep. */
  readonly woken: number;
  /** The processor time of all threads, in ticks: 100 of them are a second. */
  readonly worked: number;
}

function uses(pids: readonly number[]): Use[] {
  return pids.map((pid) => {
    const stat = readProc(pid, "stat");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const woken = /^voluntary_ctxt_switches:\s+(\d+)/m.exec(readProc(pid, "status"))?.[1];
    return { pid, woken: Number(woken ?? 0), worked: Number(fields[11]) + Number(fields[12]) };
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

test("workers without work sleep, and are not woken to look for some", async () => {
  await using pool = new Pool(2);
  await pool.map(calls.square, Array.from({ length: 100 }, (_, n) => n));
  // They look for a while before they sleep, and engines tidy up.
  await until(
    async () => {
      const before = uses(pool.pids);
      await pause(300);
      return uses(pool.pids).every(({ woken }, i) => woken === before[i]!.woken);
    },
    "the workers sleep",
    { timeout: 60_000 },
  );
  const before = uses(pool.pids);
  await pause(1000);
  uses(pool.pids).forEach(({ pid, woken, worked }, i) => {
    const wakes = woken - before[i]!.woken;
    assert(wakes <= 20, `worker ${pid} woke ${wakes} times in a second without work`);
    const ticks = worked - before[i]!.worked;
    assert(ticks <= 5, `worker ${pid} used ${ticks} ticks of a second without work`);
  });
});
