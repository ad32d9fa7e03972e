/**
 * What a process costs beside what its runtime costs: the bare runtime is started for a file that does the
 * same. The two take turns. Measured is the npm package, and for comparison the sources: what a child has to load is
 * most of the difference.
 *
 * usage: deno run -A bench/processes.ts [rounds]
 */

import { root } from "../tests/gate/paths.ts";
import { locate } from "../tests/gate/runtimes.ts";
import { type RuntimeName, runtimeNames } from "../tests/support/runtime.ts";
import { median } from "./demo/format.ts";
import { buildPackage } from "./package.ts";

type Figures = Record<string, { ours: number[]; bare: number[] }>;

const AT_ONCE = 100;

const FLAGS: Record<RuntimeName, readonly string[]> = {
  deno: ["run", "-A", "--no-config"],
  bun: [],
  node: ["--disable-warning=ExperimentalWarning"],
};

async function measure(program: string, name: RuntimeName, module: string, args: string[]) {
  const script = new URL("./processes/program.mjs", import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(program, {
    args: [...FLAGS[name], script, ...args],
    env: { X_MP_BENCH_MODULE: module },
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${script} failed on ${name}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Figures;
}

function show(title: string, figures: Figures): void {
  const cell = (value: number) => value.toFixed(1).padStart(8);
  console.log(`${title.padEnd(44)}    ours    bare   ratio`);
  for (const [what, { ours, bare }] of Object.entries(figures)) {
    const [own, other] = [median(ours), median(bare)];
    const ratio = (own / other).toFixed(2).padStart(8);
    console.log(`${what.padEnd(44)}${cell(own)}${cell(other)}${ratio}`);
  }
}

if (import.meta.main) {
  const rounds = Deno.args[0] ?? "9";
  const module = await buildPackage();
  for (const name of runtimeNames) {
    const located = await locate(name);
    if ("reason" in located) {
      console.log(`skipped on ${name}: ${located.reason}`);
      continue;
    }
    show(`${name}, package`, await measure(located.program, name, module, [rounds, `${AT_ONCE}`]));
    const few = ["3", "1"];
    show(`${name}, sources`, await measure(located.program, name, `${root}mod.ts`, few));
  }
}
