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
import { inTurn } from "./in_turn.ts";
import { costTable } from "./scaling/cost.ts";
import { loads } from "./scaling/loads.ts";
import { fib } from "./scaling/work.ts";

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

async function speedUps(two: Pool, rounds: number): Promise<void> {
  console.log("2 workers over a plain loop, dispatch included");
  for (const load of loads()) {
    const ways = { loop: () => load.loop(), pool: () => load.pool(two) };
    await ways.pool();
    await ways.loop();
    const { loop, pool } = await inTurn(ways, rounds);
    // Each round is a pair: what disturbs the machine for a while disturbs both.
    const ratios = loop.map((time, round) => time / pool[round]);
    const raw = ratios.map((ratio) => ratio.toFixed(2)).join(" ");
    console.log(
      `  ${load.name.padEnd(44)}${median(ratios).toFixed(2).padStart(6)} ×  (${raw}; loop ${
        median(loop).toFixed(0)
      } ms)`,
    );
  }
}

async function main(rounds: number, folder: string): Promise<void> {
  await using one = new Pool(1);
  await using two = new Pool(2);
  const items: number[] = Array(64).fill(30);
  await compare("fib(30) × 64", {
    "plain loop": () => items.map(fib),
    "1 worker": () => one.map(fib, items, { chunkSize: 1 }),
    "2 workers": () => two.map(fib, items, { chunkSize: 1 }),
  }, rounds);
  await speedUps(two, rounds);
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
