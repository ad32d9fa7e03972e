/**
 * `deno task stress [part of a name]… [--seconds N] [--seed S] [--on deno,bun,node]`: the storms, one after the
 * other on each runtime; `--list` names them. A failure prints the seed with which it is to be had again.
 */

import { launchFlags } from "../../bench/launch.ts";
import { cache, filesBelow, root } from "../gate/paths.ts";
import { locate } from "../gate/runtimes.ts";
import { chooseStd } from "../gate/std.ts";
import { type RuntimeName, runtimeNames } from "../support/runtime.ts";
import type { Storm } from "./storm.ts";

const given = [...Deno.args];

/** Takes an option and its value out of what was given. */
function option(name: string): string | undefined {
  const at = given.indexOf(`--${name}`);
  return at < 0 ? undefined : given.splice(at, 2)[1];
}

function numberOption(name: string, otherwise: number): number {
  const value = Number(option(name) ?? otherwise);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`--${name} must be an integer of 0 or more`);
  Deno.exit(2);
}

const seconds = numberOption("seconds", 30);
const seed = numberOption("seed", Math.floor(Math.random() * 2 ** 31));
const on = option("on")?.split(",") as RuntimeName[] | undefined ?? runtimeNames;
const isList = given.includes("--list");
const parts = given.filter((part) => !part.startsWith("--"));
const all = filesBelow("tests/stress", /_storm\.ts$/)
  .map((file) => file.slice(file.lastIndexOf("/") + 1).replace("_storm.ts", ""));
/** Whether a storm is meant: a whole name means that one alone. */
const isMeant = (name: string, part: string): boolean =>
  all.includes(part) ? name === part : name.includes(part);
const names = all.filter((name) => parts.length === 0 || parts.some((part) => isMeant(name, part)));

/** Runs one storm on one runtime; returns whether it passed. */
async function run(name: string, runtime: RuntimeName): Promise<boolean> {
  const located = await locate(runtime);
  if ("reason" in located) {
    console.log(`${name} on ${runtime}: skipped, ${located.reason}`);
    return true;
  }
  console.log(`${name} on ${runtime}:`);
  const std = runtime === "deno" ? (await chooseStd()).flags : [];
  const [first, ...flags] = launchFlags[runtime];
  const node = runtime === "node" ? [`--import=${new URL("../std/node.ts", import.meta.url)}`] : [];
  const { success, code, signal } = await new Deno.Command(located.program, {
    args: [
      ...(first === undefined ? [] : [first]),
      ...flags,
      ...std,
      ...node,
      `${root}tests/stress/run.ts`,
      name,
      String(seconds),
      String(seed),
    ],
    cwd: root,
    // Otherwise each process of Node strips the types of every module anew.
    env: runtime === "node" ? { NODE_COMPILE_CACHE: `${cache}node-compile` } : {},
    stdin: "null",
  }).spawn().status;
  if (!success) {
    console.log(`FAILED with ${signal ?? `exit code ${code}`}`);
    console.log(`  deno task stress ${name} --on ${runtime} --seconds ${seconds} --seed ${seed}`);
  }
  return success;
}

if (names.length === 0) {
  console.error(`No storm is called ${parts.join(", ")}`);
  Deno.exitCode = 1;
}
for (const name of names) {
  if (isList) {
    const { storm } = await import(`./${name}_storm.ts`) as { storm: Storm };
    console.log(`${name.padEnd(12)} ${storm.question}`);
    continue;
  }
  for (const runtime of on) if (!await run(name, runtime)) Deno.exitCode = 1;
}
