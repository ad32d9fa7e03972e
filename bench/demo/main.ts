/**
 * `deno task demo [folder] [--runtime bun|node] [--workers N]`: SHA-256 and lines of every file of a
 * folder, on all cores, through the Pool.
 *
 * This file chooses the folder and the runtime; demo.ts does the work, on all three alike.
 */

import { resolve } from "node:path";
import { locate } from "../../tests/gate/runtimes.ts";
import { launchFlags } from "../launch.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import { defaultFolder } from "./default_folder.ts";

async function main(): Promise<number> {
  const { folder: named, runtime, workers } = parseArguments(Deno.args);
  // A task runs in the project's folder; what the user typed is meant from where they are.
  const folder = named === undefined
    ? await defaultFolder()
    : resolve(Deno.env.get("INIT_CWD") ?? ".", named);
  const located = await locate(runtime);
  if ("reason" in located) {
    throw new UsageError(`Cannot run the demo on ${runtime}: ${located.reason}`);
  }
  const script = new URL("./demo.ts", import.meta.url).pathname;
  const args = [...launchFlags[runtime], script, folder];
  if (workers !== undefined) args.push("--workers", String(workers));
  const child = new Deno.Command(located.program, { args }).spawn();
  const { code } = await child.status;
  return code;
}

try {
  Deno.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  Deno.exitCode = 1;
}
