/**
 * Our pool beside others: tasks a second and the latency of `apply`, with 2 workers. Each figure comes
 * from a fresh process; those that are compared take turns, forwards and backwards.
 *
 * usage: deno run -A bench/peers/compare.ts [rounds]
 */

import { locate } from "../../tests/gate/runtimes.ts";
import type { RuntimeName } from "../../tests/support/runtime.ts";
import { grouped, median } from "../demo/format.ts";
import { launchFlags } from "../launch.ts";
import { installPeers, versions } from "./install.ts";
import { type Figures, IN_FLIGHT } from "./workload.ts";

interface Variant {
  readonly name: string;
  readonly runtime: RuntimeName;
  readonly args: readonly string[];
  readonly figures: Figures[];
}

function script(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

function variants(modules: string): Variant[] {
  const piscina = [script("./piscina.ts"), `${modules}/piscina/dist/esm-wrapper.mjs`];
  const named = `piscina ${versions.piscina}`;
  const ours = (runtime: RuntimeName): Variant => ({
    name: `ours on ${runtime}`,
    runtime,
    args: [script("./ours.ts")],
    figures: [],
  });
  const theirs = (name: string, options: object): Variant => ({
    name,
    runtime: "node",
    args: [...piscina, JSON.stringify(options)],
    figures: [],
  });
  return [
    ours("node"),
    theirs(named, {}),
    theirs(`${named}, 64 at a time`, { concurrentTasksPerWorker: 64 }),
    ours("deno"),
    ours("bun"),
  ];
}

async function runOnce({ name, runtime, args, figures }: Variant): Promise<void> {
  const located = await locate(runtime);
  if ("reason" in located) return console.log(`${name}: skipped, ${located.reason}`);
  const { success, stdout, stderr } = await new Deno.Command(located.program, {
    args: [...launchFlags[runtime], ...args],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${name} failed\n${decoder.decode(stderr)}`);
  figures.push(JSON.parse(decoder.decode(stdout).trim().split("\n").at(-1)!));
}

function show({ name, figures }: Variant): void {
  if (figures.length === 0) return;
  const row = (what: string, values: number[], digits: number) => {
    const middle = median(values).toFixed(digits);
    const raw = values.map((value) => value.toFixed(digits)).join(" ");
    console.log(`    ${what.padEnd(14)}${grouped(Number(middle)).padStart(10)}  (${raw})`);
  };
  console.log(`  ${name}`);
  row("tasks a second", figures.map(({ perSecond }) => median(perSecond)), 0);
  row("apply p50, µs", figures.map(({ p50 }) => p50), 1);
  row("apply p99, µs", figures.map(({ p99 }) => p99), 1);
}

if (import.meta.main) {
  const rounds = Number(Deno.args[0] ?? "5");
  const all = variants(await installPeers());
  for (let round = 0; round < rounds; round++) {
    for (const variant of round % 2 === 0 ? all : all.toReversed()) await runOnce(variant);
  }
  console.log(
    `no-op tasks, 2 workers, ${grouped(IN_FLIGHT)} in flight; median of ${rounds} (each)`,
  );
  all.forEach(show);
}
