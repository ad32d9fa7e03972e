/**
 * What a second worker brings, over a plain loop in this process and over a pool of 1, beside two bare processes; and
 * how many more a submitter could feed.
 *
 * usage: <runtime> bench/pool_scaling.ts [rounds] [part]… [folder]
 */
import process from "node:process";
import { Pool, sharedArray } from "../mod.ts";
import { cache } from "../tests/gate/paths.ts";
import { cut } from "./demo/cut.ts";
import { median, sized } from "./demo/format.ts";
import { hash } from "./demo/hash.ts";
import { list } from "./demo/list.ts";
import { measure } from "./demo/measure.ts";
import { inTurn, timed } from "./in_turn.ts";
import { costTable } from "./scaling/cost.ts";
import { type Load, loads, type Matrices, shortTasks } from "./scaling/loads.ts";
import { BarePair } from "./scaling/pair.ts";
import { fib, roundsPerMicrosecond, turnAround } from "./scaling/work.ts";

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

const shared: Matrices = (contents: number | readonly number[]) =>
  sharedArray(Float64Array, contents as number);

/** Each load once, short, by a process and by workers that have never done it: all compile it first. */
async function coldSpeedUps(): Promise<void> {
  console.log(
    "the first time, for some tens of ms: 2 fresh workers over a plain loop that is as fresh",
  );
  // The uneven ones are fib again, which this process would have compiled by then.
  for (const load of loads("short", shared).filter(({ name }) => !name.startsWith("uneven"))) {
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

async function speedUps(two: Pool, pair: BarePair, all: readonly Load[], rounds: number) {
  console.log("over a plain loop, dispatch included, all warm:  2 workers  2 bare processes");
  for (const load of all) {
    const ways = {
      loop: () => load.loop(),
      pool: () => load.pool(two),
      bare: () => pair.run(load.name),
    };
    // Each worker does half: twice, so that each has done as much as the loop.
    for (const way of [ways.pool, ways.bare]) for (let i = 0; i < 2; i++) await way();
    await ways.loop();
    const { loop, pool, bare } = await inTurn(ways, rounds);
    // Each round is a pair: what disturbs the machine for a while disturbs both.
    const [ours, control] = [pool, bare].map((times) =>
      loop.map((time, round) => time / times[round])
    );
    const shown = [ours, control].map((ratios) => `${median(ratios).toFixed(2).padStart(6)} ×`);
    const raw = [ours, control].map((ratios) => ratios.map((ratio) => ratio.toFixed(2)).join(" "));
    console.log(
      `  ${load.name.padEnd(48)}${shown.join("    ")}  (${raw.join("; ")}; loop ${
        median(loop).toFixed(0)
      } ms)`,
    );
  }
}

/** What a part is given. */
interface Setting {
  /** A pool of 2. */
  readonly two: Pool;
  /** The control. */
  readonly pair: BarePair;
  /** How many rounds of `turnAround` take a microsecond. */
  readonly perMicrosecond: number;
  /** How often each is timed. */
  readonly rounds: number;
  /** What is hashed. */
  readonly folder: string;
}

/** The parts: each takes less than a minute, with 3 rounds. */
const parts: Readonly<Record<string, (setting: Setting) => Promise<void>>> = {
  cold: coldSpeedUps,
  async fib({ two, rounds }) {
    await using one = new Pool(1);
    const items: number[] = Array(64).fill(30);
    await compare("fib(30) × 64", {
      "plain loop": () => items.map(fib),
      "1 worker": () => one.map(fib, items, { chunkSize: 1 }),
      "2 workers": () => two.map(fib, items, { chunkSize: 1 }),
    }, rounds);
  },
  loads: ({ two, pair, rounds }) => speedUps(two, pair, loads("long", shared), rounds),
  short: ({ two, pair, perMicrosecond, rounds }) =>
    speedUps(two, pair, shortTasks(perMicrosecond), rounds),
  async cost({ two, rounds }) {
    console.log(await costTable(two, rounds));
  },
  async hashing({ two, folder, rounds }) {
    await using one = new Pool(1);
    const { files } = list(folder);
    const batches = cut(folder, files, 2);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    await compare(`the demo's hashing, ${files.length} files, ${sized(bytes)}`, {
      "plain loop": () => batches.map(measure),
      "1 worker": () => hash(one, files, batches),
      "2 workers": () => hash(two, files, batches),
    }, rounds);
  },
};

async function main(args: readonly string[]): Promise<void> {
  const chosen = args.filter((arg) => arg in parts);
  const numbers = args.filter((arg) => /^\d+$/.test(arg));
  const [folder = `${cache}runtimes`] = args.filter((arg) =>
    !chosen.includes(arg) && !numbers.includes(arg)
  );
  const perMicrosecond = roundsPerMicrosecond();
  await using two = new Pool(2);
  await using pair = new BarePair(perMicrosecond);
  const setting = { two, pair, perMicrosecond, rounds: Number(numbers[0] ?? 5), folder };
  for (const name of chosen.length > 0 ? chosen : Object.keys(parts)) await parts[name](setting);
}

if (import.meta.main) await main(process.argv.slice(2));
