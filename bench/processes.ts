/**
 * What a process costs beside what its runtime costs: the bare runtime is started for a file that does the
 * same. The two take turns. Measured is the npm package, and for comparison the sources: what a child has to load is
 * most of the difference.
 *
 * usage: deno run -A bench/processes.ts [rounds]
 */

import { bundle, stopBundling } from "../npm/bundle.ts";
import { fileName } from "../npm/manifest.ts";
import { cache, denoConfig, root } from "../tests/gate/paths.ts";
import { locate } from "../tests/gate/runtimes.ts";
import { type RuntimeName, runtimeNames } from "../tests/support/runtime.ts";
import { median } from "./demo/format.ts";

type Figures = Record<string, { ours: number[]; bare: number[] }>;

const AT_ONCE = 100;

/** Builds the package; returns its module. */
async function build(): Promise<string> {
  // Where it is installed: runtimes treat what lies there differently.
  const folder = `${cache}bench-package/node_modules/mp`;
  const entries = Object.entries(denoConfig().exports);
  await bundle(
    entries.map(([name, path]) => ({ name: fileName(name), source: root + path.slice(2) })),
    folder,
  );
  await stopBundling();
  Deno.writeTextFileSync(`${folder}/package.json`, '{ "type": "module" }');
  return `${folder}/mod.js`;
}

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
  const module = await build();
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
