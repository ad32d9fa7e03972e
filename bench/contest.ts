/**
 * A contest of programs: each prints its figures as JSON in its last line, from a fresh process each time; they take
 * turns, every second round backwards.
 */

import { locate } from "../tests/gate/runtimes.ts";
import type { RuntimeName } from "../tests/support/runtime.ts";
import { median } from "./demo/format.ts";
import { launchFlags } from "./launch.ts";

/** Named figures; what is measured in what, the name says. */
export type Figures = Record<string, number>;

/** A program that measures itself. */
export interface Contestant {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** A script on a runtime of ours; none if that is not to be had. */
export async function onRuntime(
  name: string,
  runtime: RuntimeName,
  ...args: string[]
): Promise<Contestant[]> {
  const located = await locate(runtime);
  if (!("reason" in located)) {
    return [{ name, program: located.program, args: [...launchFlags[runtime], ...args] }];
  }
  console.log(`${name}: skipped, ${located.reason}`);
  return [];
}

/** Holds a contest and prints the medians, a row for each figure. */
export async function contest(all: readonly Contestant[], rounds: number): Promise<void> {
  const results = new Map(all.map((one) => [one.name, [] as Figures[]]));
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 === 0 ? all : all.toReversed()) {
      const figures = await measure(one);
      if (figures !== undefined) results.get(one.name)!.push(figures);
    }
  }
  console.log(`median of ${rounds} processes each`);
  show(results);
}

async function measure({ name, program, args }: Contestant): Promise<Figures | undefined> {
  const command = new Deno.Command(program, { args: [...args], stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  if (success) return JSON.parse(decoder.decode(stdout).trim().split("\n").at(-1)!);
  console.log(`${name} failed\n${decoder.decode(stderr)}`);
}

function show(results: ReadonlyMap<string, readonly Figures[]>): void {
  const width = 12;
  const rows = new Set([...results.values()].flat().flatMap((figures) => Object.keys(figures)));
  console.log("".padEnd(46) + [...results.keys()].map((name) => name.padStart(width)).join(""));
  for (const row of rows) {
    const cells = [...results.values()].map((all) => {
      const values = all.map((figures) => figures[row]).filter((value) => value !== undefined);
      return values.length === 0 ? "" : median(values).toFixed(2);
    });
    console.log(row.padEnd(46) + cells.map((cell) => cell.padStart(width)).join(""));
  }
  console.log("every round, of each column");
  for (const row of rows) {
    const rounds = [...results.values()].map((all) =>
      all.map((figures) => figures[row]?.toFixed(2) ?? "-").join(" ")
    );
    console.log(`  ${row}: ${rounds.join(" | ")}`);
  }
}
