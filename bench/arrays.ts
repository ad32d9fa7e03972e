/**
 * Shared arrays beside what else there is: a SharedArrayBuffer through a Worker, piscina's copies, and
 * Python. Each figure comes from a fresh process; those that are compared take turns.
 *
 * usage: deno run -A bench/arrays.ts [rounds]
 */

import { locate } from "../tests/gate/runtimes.ts";
import type { RuntimeName } from "../tests/support/runtime.ts";
import { median } from "./demo/format.ts";
import type { Figures } from "./arrays/figures.ts";
import { installPeers, versions } from "./peers/install.ts";

interface Contestant {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly all: Figures[];
}

const flags: Record<RuntimeName, string[]> = {
  deno: ["run", "-A", "--no-check"],
  bun: [],
  node: ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"],
};

function script(name: string): string {
  return new URL(`./arrays/${name}`, import.meta.url).pathname;
}

async function contestants(): Promise<Contestant[]> {
  const found: Contestant[] = [];
  const add = async (name: string, runtime: RuntimeName, ...args: string[]) => {
    const located = await locate(runtime);
    if ("reason" in located) return console.log(`${name}: skipped, ${located.reason}`);
    found.push({ name, program: located.program, args: [...flags[runtime], ...args], all: [] });
  };
  await add("deno", "deno", script("ours.ts"));
  await add("bun", "bun", script("ours.ts"));
  await add("node", "node", script("ours.ts"));
  await add("Worker", "node", script("threads.ts"));
  const piscina = `${await installPeers()}/piscina/dist/esm-wrapper.mjs`;
  await add(`piscina ${versions.piscina}`, "node", script("piscina.ts"), piscina);
  found.push({ name: "Python", program: "python3", args: [script("rival.py")], all: [] });
  return found;
}

async function measure({ name, program, args, all }: Contestant): Promise<void> {
  const command = new Deno.Command(program, { args: [...args], stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  if (!success) return console.log(`${name} failed\n${decoder.decode(stderr)}`);
  all.push(JSON.parse(decoder.decode(stdout).trim().split("\n").at(-1)!));
}

function show(all: readonly Contestant[]): void {
  const width = 12;
  const rows = new Set(all.flatMap((one) => one.all.flatMap((figures) => Object.keys(figures))));
  console.log("".padEnd(42) + all.map(({ name }) => name.padStart(width)).join(""));
  for (const row of rows) {
    const cells = all.map((one) => {
      const values = one.all.map((figures) => figures[row]).filter((value) => value !== undefined);
      return values.length === 0 ? "" : median(values).toFixed(2);
    });
    console.log(row.padEnd(42) + cells.map((cell) => cell.padStart(width)).join(""));
  }
}

if (import.meta.main) {
  const rounds = Number(Deno.args[0] ?? "3");
  const all = await contestants();
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 === 0 ? all : all.toReversed()) await measure(one);
  }
  console.log(`median of ${rounds} processes each`);
  show(all);
}
