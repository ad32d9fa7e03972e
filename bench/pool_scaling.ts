/**
 * What a second worker brings: fib(32) × 64 and the demo's hashing, by a plain loop in this process, by
 * a pool of 1 and by a pool of 2.
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

/** The work that everybody knows. */
export function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/** The three ways. */
type Ways = Readonly<Record<"plain loop" | "1 worker" | "2 workers", () => unknown>>;

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

async function main(rounds: number, folder: string): Promise<void> {
  await using one = new Pool(1);
  await using two = new Pool(2);
  const numbers: number[] = Array(64).fill(32);
  await compare("fib(32) × 64", {
    "plain loop": () => numbers.map(fib),
    "1 worker": () => one.map(fib, numbers, { chunkSize: 1 }),
    "2 workers": () => two.map(fib, numbers, { chunkSize: 1 }),
  }, rounds);
  const { files } = list(folder);
  const batches = cut(folder, files, 2);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  await compare(`the demo's hashing, ${files.length} files, ${sized(bytes)}`, {
    "plain loop": () => batches.map(measure),
    "1 worker": () => hash(one, files, batches),
    "2 workers": () => hash(two, files, batches),
  }, 2 * rounds);
}

if (import.meta.main) {
  const [rounds = "5", folder = `${cache}runtimes`] = process.argv.slice(2);
  await main(Number(rounds), folder);
}
