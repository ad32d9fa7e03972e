/**
 * Which `@std` the tests see on Deno: the real one from JSR, or the stand-ins of tests/std where JSR
 * cannot be reached.
 */

import { pathToFileURL } from "node:url";
import { cache, denoConfig, root, writeWhole } from "./paths.ts";

const answer = cache + "jsr.json";
const oneHour = 3_600_000;

/** Asks JSR, at most once an hour. */
async function jsrAnswers(): Promise<boolean> {
  try {
    const { at, reachable } = JSON.parse(Deno.readTextFileSync(answer));
    if (Date.now() - at < oneHour) return reachable;
  } catch {
    // Nobody asked before.
  }
  let reachable = false;
  try {
    const response = await fetch("https://jsr.io/@std/assert/meta.json", {
      signal: AbortSignal.timeout(3_000),
    });
    await response.body?.cancel();
    reachable = response.ok;
  } catch {
    // No network, or no way to JSR.
  }
  writeWhole(answer, JSON.stringify({ at: Date.now(), reachable }));
  return reachable;
}

/** What Deno must be told so that it finds `@std`. */
export interface StdChoice {
  /** In words. */
  name: string;
  /** The flags of `deno check`, `deno run` and `deno test`; valid in every working directory. */
  flags: string[];
}

/** Chooses for this run. */
export async function chooseStd(): Promise<StdChoice> {
  if (await jsrAnswers()) return { name: "@std from JSR", flags: [] };
  const base = pathToFileURL(root).href;
  const imports = Object.entries(denoConfig().imports).map(([name, target]) => [
    name,
    target.startsWith("jsr:@std/")
      ? `${base}tests/std/${name.slice("@std/".length)}.ts`
      : target.startsWith(".")
      ? new URL(target, base).href
      : target,
  ]);
  const path = cache + "import_map.json";
  writeWhole(path, JSON.stringify({ imports: Object.fromEntries(imports) }, null, 2));
  return {
    name: "the stand-ins of tests/std, because JSR cannot be reached",
    flags: [`--import-map=${path}`],
  };
}
