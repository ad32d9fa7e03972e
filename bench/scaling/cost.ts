/** What a task costs its submitter, and so how many workers it can feed. */

import process from "node:process";
import type { Pool } from "../../mod.ts";
import { median } from "../demo/format.ts";
import { turnAround } from "./work.ts";

/** How many tasks are timed at once. */
const TASKS = 50_000;

/** How long tasks are in the table, in µs. */
const LENGTHS = [10, 100, 1_000];

/** A way to give tasks. */
const ways: Readonly<Record<string, (pool: Pool, items: readonly number[]) => Promise<unknown>>> = {
  "apply": (pool, items) => Promise.all(items.map((item) => pool.apply(turnAround, [item]))),
  "map": (pool, items) => pool.map(turnAround, items),
};

/**
 * Measures the processor time of this process, which runs no task itself, for each task, and prints a table: a
 * submitter whose task costs `c` can feed `length / c` workers; with more, they wait for it.
 */
export async function costTable(pool: Pool, rounds: number): Promise<string> {
  const lines = [
    `what a task costs its submitter, and how many workers it can feed with tasks of a length`,
    `  ${"".padEnd(8)}${"µs a task".padStart(12)}${
      LENGTHS.map((length) => `${length} µs`.padStart(10)).join("")
    }`,
  ];
  const items: number[] = Array(TASKS).fill(0);
  for (const [name, way] of Object.entries(ways)) {
    await way(pool, items);
    const costs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { user, system } = process.cpuUsage();
      await way(pool, items);
      const after = process.cpuUsage();
      costs.push((after.user + after.system - user - system) / TASKS);
    }
    const cost = median(costs);
    const fed = LENGTHS.map((length) =>
      Math.floor(length / cost).toLocaleString("en").padStart(10)
    );
    const raw = costs.map((each) => each.toFixed(2)).join(" ");
    lines.push(`  ${name.padEnd(8)}${cost.toFixed(2).padStart(12)}${fed.join("")}  (${raw})`);
  }
  return lines.join("\n");
}
