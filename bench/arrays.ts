/**
 * Shared arrays beside what else there is: a SharedArrayBuffer through a Worker, piscina's copies, and Python.
 *
 * usage: deno run -A bench/arrays.ts [rounds]
 */

import { contest, onRuntime } from "./contest.ts";
import { installPeers, versions } from "./peers/install.ts";

function script(name: string): string {
  return new URL(`./arrays/${name}`, import.meta.url).pathname;
}

if (import.meta.main) {
  const piscina = `${await installPeers()}/piscina/dist/esm-wrapper.mjs`;
  const contestants = [
    ...await onRuntime("deno", "deno", script("ours.ts")),
    ...await onRuntime("bun", "bun", script("ours.ts")),
    ...await onRuntime("node", "node", script("ours.ts")),
    ...await onRuntime("Worker", "node", script("threads.ts")),
    ...await onRuntime(`piscina ${versions.piscina}`, "node", script("piscina.ts"), piscina),
    { name: "Python", program: "python3", args: [script("rival.py")] },
  ];
  await contest(contestants, Number(Deno.args[0] ?? "3"));
}
