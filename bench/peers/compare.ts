/**
 * Our pool beside others, with 2 workers: tasks a second, the latency of `apply`, items a second of `map`,
 * the first result, memory. Each figure comes from a fresh process; those that are compared take turns, forwards
 * and backwards.
 *
 * usage: deno run -A bench/peers/compare.ts [rounds] [part of a name]… [--add] [--plot]
 *
 * All raw figures are kept in .cache/peers.json; with --add, those of the last run stay there, too: a comparison
 * can be made in parts. With --plot, it writes bench/pool.svg, which the README shows.
 */

import { cache } from "../../tests/gate/paths.ts";
import { grouped, median } from "../demo/format.ts";
import { machineText } from "../machine.ts";
import { buildPackage } from "../package.ts";
import { installPeers } from "./install.ts";
import { plot } from "./plot.ts";
import { allVariants, onRuntime, script, type Variant } from "./variants.ts";
import { type Figures, IN_FLIGHT, ITEMS } from "./workload.ts";

async function output(command: readonly string[]): Promise<string> {
  const [program, ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command.join(" ")} failed\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout).trim();
}

async function measure(variant: Variant): Promise<void> {
  const command = await variant.command();
  if ("reason" in command) return console.log(`${variant.name}: skipped, ${command.reason}`);
  try {
    variant.figures.push(JSON.parse((await output(command)).split("\n").at(-1)!));
  } catch (error) {
    // A peer that fails now and then, as one whose calls never settle, does not keep the others from being measured.
    const reason = error instanceof Deno.errors.NotFound
      ? `there is no ${command[0]}`
      : (error as Error).message;
    console.log(`${variant.name}: no figures of this round, ${reason}`);
  }
}

/** How long the bare runtimes take from start to end, in ms. */
async function bareStarts(rounds: number): Promise<string> {
  const texts: string[] = [];
  for (const runtime of ["node", "deno", "bun"] as const) {
    const command = await onRuntime(runtime, script("./nothing.ts"));
    if ("reason" in command) continue;
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      await output(command);
      times.push(performance.now() - start);
    }
    texts.push(`${runtime} ${median(times).toFixed(0)} ms`);
  }
  return texts.join(", ");
}

/** Where all figures are kept, with what they were measured on. */
const KEPT = `${cache}peers.json`;

interface Kept {
  readonly machine: string;
  readonly date: string;
  readonly figures: Readonly<Record<string, readonly Figures[]>>;
}

/** Takes over what was measured before. */
function addKept(variants: readonly Variant[]): void {
  const { figures } = JSON.parse(Deno.readTextFileSync(KEPT)) as Kept;
  for (const variant of variants) variant.figures.push(...figures[variant.name] ?? []);
}

function keep(variants: readonly Variant[], machine: string, date: Date): void {
  const measured = variants.filter(({ figures }) => figures.length > 0);
  const figures = Object.fromEntries(measured.map(({ name, figures }) => [name, figures]));
  const kept: Kept = { machine, date: date.toISOString(), figures };
  Deno.mkdirSync(cache, { recursive: true });
  Deno.writeTextFileSync(KEPT, JSON.stringify(kept, null, 1));
}

const rows: readonly [string, (figures: Figures) => number | undefined, number][] = [
  ["tasks a second", ({ perSecond }) => median(perSecond), 0],
  ["submitter's µs a task", ({ cost }) => cost, 1],
  ["apply p50, µs", ({ p50 }) => p50, 1],
  ["apply p99, µs", ({ p99 }) => p99, 1],
  ["map, items a second", ({ mapPerSecond }) => mapPerSecond && median(mapPerSecond), 0],
  ["first result, ms", ({ first }) => first, 0],
  ["MiB a worker", ({ memory }) => memory, 1],
];

function show({ name, workers, figures }: Variant): void {
  if (figures.length === 0) return;
  console.log(`  ${name} (${workers})`);
  for (const [what, take, digits] of rows) {
    const values = figures.map(take).filter((value) => value !== undefined);
    if (values.length === 0) continue;
    const raw = values.map((value) => value.toFixed(digits)).join(" ");
    const [whole, part] = median(values).toFixed(digits).split(".");
    const middle = grouped(Number(whole)) + (part === undefined ? "" : `.${part}`);
    console.log(`    ${what.padEnd(22)}${middle.padStart(11)}  (${raw})`);
  }
}

if (import.meta.main) {
  const [rounds = "3", ...parts] = Deno.args.filter((arg) => !arg.startsWith("--"));
  const all = allVariants(await installPeers(), await buildPackage());
  const variants = all.filter(({ name }) =>
    parts.length === 0 || parts.some((part) => name.includes(part))
  );
  const machine = machineText();
  const date = new Date();
  const bare = await bareStarts(5);
  for (let round = 0; round < Number(rounds); round++) {
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      await measure(variant);
    }
  }
  console.log(
    `2 workers; no-op tasks, ${grouped(IN_FLIGHT)} in flight; a map of ${grouped(ITEMS)} items; ` +
      `median of ${rounds} (each)`,
  );
  console.log(`the bare runtimes, from start to end: ${bare}`);
  variants.forEach(show);
  if (Deno.args.includes("--add")) addKept(all);
  keep(all, machine, date);
  if (Deno.args.includes("--plot")) {
    const shown = all.filter(({ name }) => !name.endsWith("sources"));
    Deno.writeTextFileSync(new URL("../pool.svg", import.meta.url), plot(shown, machine, date));
    console.log("bench/pool.svg is written");
  }
}
