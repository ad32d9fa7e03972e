/**
 * A manager's dict beside Python's.
 *
 * usage: deno run -A bench/managers.ts [rounds]
 */

import { contest, onRuntime } from "./contest.ts";

function script(name: string): string {
  return new URL(`./managers/${name}`, import.meta.url).pathname;
}

if (import.meta.main) {
  const contestants = [
    ...await onRuntime("deno", "deno", script("ours.ts")),
    ...await onRuntime("bun", "bun", script("ours.ts")),
    ...await onRuntime("node", "node", script("ours.ts")),
    { name: "Python", program: "python3", args: [script("rival.py")] },
  ];
  await contest(contestants, Number(Deno.args[0] ?? "3"));
}
