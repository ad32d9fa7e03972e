/**
 * What a second worker brings, over a plain loop in this process and over a pool of 1; and how many more a
 * submitter could feed.
 *
 * usage: <runtime> bench/pool_scaling.ts [rounds] [folder]
 */
import process from "node:process";
import { Pool } from "../mod.ts";
import { cache } from "../tests/gate/paths.ts";
import { cut } from "./demo/cut.ts";
import { median, sized } from "./demo/format.ts";
import { hash } from "./demo/hash.ts";
import { list } from "./demo/list.ts";
import { measure } from "./demo/measure.ts";
import { inTurn, timed } from "./in_turn.ts";
import { costTable } from "./scaling/cost.ts";
import { type Load, loads, shortTasks } from "./scaling/loads.ts";
import { fib, turnAround } from "./scaling/work.ts";

/** The ways to do the same. */
type Ways = Readonly<Record<string, () => unknown>>;

async function compare(title: string, ways: Ways, rounds: number): Promise<void> {
  for (const way of Object.values(ways)) await way();
  const times = await inTurn(ways, rounds);
  console.log(title);
  for (const [name, each] of Object.entries(times)) {
    const raw = each.map((time) => time.toFixed(0)).join(" ");
    console.log(`  ${name.padEnd(10)}${median(each).toFixed(0).padStart(7)} ms  (${raw})`);
  }
  const [loop, one, two] = Object.values(times).map(median);
  console.log(
    `  2 workers are ${(one / two).toFixed(2)} × as fast as 1, ` +
      `${(loop / two).toFixed(2)} × as fast as the plain loop`,
  );
}

/** Each load once, short, by a process and by workers that have never done it: all compile it first. */
async function coldSpeedUps(): Promise<void> {
  console.log(
    "the first time, for some tens of ms: 2 fresh workers over a plain loop that is as fresh",
  );
  // The uneven ones are fib again, which this process would have compiled by then.
  for (const load of loads("short").filter(({ name }) => !name.startsWith("uneven"))) {
    await using pool = new Pool(2);
    // They are to be awake, both of them, and to have done nothing.
    await pool.map(turnAround, [1e7, 1e7], { chunkSize: 1 });
    const alone = await timed(() => load.loop());
    const shared = await timed(() => load.pool(pool));
    console.log(
      `  ${load.name.padEnd(52)}${(alone / shared).toFixed(2).padStart(6)} ×  (${
        alone.toFixed(0)
      } ms, ${shared.toFixed(0)} ms)`,
    );
  }
}

async function speedUps(two: Pool, all: readonly Load[], rounds: number): Promise<void> {
  console.log("2 workers over a plain loop, dispatch included, all warm");
  for (const load of all) {
    const ways = { loop: () => load.loop(), pool: () => load.pool(two) };
    // Each worker does half: twice, so that each has done as much as the loop.
    await ways.pool();
    await ways.pool();
    await ways.loop();
    const { loop, pool } = await inTurn(ways, rounds);
    // Each round is a pair: what disturbs the machine for a while disturbs both.
    const ratios = loop.map((time, round) => time / pool[round]);
    const raw = ratios.map((ratio) => ratio.toFixed(2)).join(" ");
    console.log(
      `  ${load.name.padEnd(52)}${median(ratios).toFixed(2).padStart(6)} ×  (${raw}; loop ${
        median(loop).toFixed(0)
      } ms)`,
    );
  }
}

async function main(rounds: number, folder: string): Promise<void> {
  await using one = new Pool(1);
  await using two = new Pool(2);
  await coldSpeedUps();
  const items: number[] = Array(64).fill(30);
  await compare("fib(30) × 64", {
    "plain loop": () => items.map(fib),
    "1 worker": () => one.map(fib, items, { chunkSize: 1 }),
    "2 workers": () => two.map(fib, items, { chunkSize: 1 }),
  }, rounds);
  await speedUps(two, loads("long"), rounds);
  await speedUps(two, shortTasks(), rounds);
  console.log(await costTable(two, rounds));
  const { files } = list(folder);
  const batches = cut(folder, files, 2);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await compare(`the demo's hashing, ${files.length} files, ${sized(bytes)}`, {
    "plain loop": () => batches.map(measure),
    "1 worker": () => hash(one, files, batches),
    "2 workers": () => hash(two, files, batches),
  }, rounds);
}

if (import.meta.main) {
  const [rounds = "5", folder = `${cache}runtimes`] = process.argv.slice(2);
  await main(Number(rounds), folder);
}
