/** The steps of the gate that look at the text of the project. */

import { cache, denoConfig, root } from "./paths.ts";
import { parseSentence, StepFailed, type Totals } from "./report.ts";
import { run } from "./run.ts";

async function deno(...args: string[]): Promise<string> {
  const { ok, output } = await run(Deno.execPath(), args);
  if (!ok) throw new StepFailed(`deno ${args[0]} is not content`, output);
  return output;
}

/** Folders and files that are type checked. */
const checked = ["mod.ts", "src", "tests", "bench", "npm"];

/** Fails unless every file is formatted. */
export async function checkFormat(): Promise<void> {
  await deno("fmt", "--check");
}

/** Fails if the linter complains. */
export async function checkLint(): Promise<void> {
  await deno("lint");
}

/** Fails unless every module is well typed. */
export async function checkTypes(stdFlags: string[]): Promise<void> {
  const there = checked.filter((name) => {
    try {
      return Deno.statSync(root + name).isFile || !isEmpty(root + name);
    } catch {
      return false;
    }
  });
  await deno("check", ...stdFlags, ...there);
}

function isEmpty(folder: string): boolean {
  for (const _ of Deno.readDirSync(folder)) return false;
  return true;
}

/** Fails unless everything public is documented. */
export async function checkDocs(): Promise<void> {
  await deno("doc", "--lint", ...Object.values(denoConfig().exports));
}

/** Fails unless the package could be published, without a warning. */
export async function checkPublish(): Promise<void> {
  const output = await deno("publish", "--dry-run", "--allow-dirty");
  if (/\bwarning\b/i.test(output)) throw new StepFailed("deno publish warns", output);
}

/** Fails unless the npm package can be built, and be used on every runtime. */
export async function checkNpmPackage(): Promise<Totals> {
  // A process of its own: esbuild is fetched for this step, and must not be missed by the others.
  const folder = `${cache}npm-${Deno.pid}`;
  try {
    return parseSentence(await deno("run", "-A", "npm/build.ts", folder));
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}
