/**
 * Queues and pipes beside MessagePort, the channel of `fork()`, and Python's queue. Each figure comes from a
 * fresh process; those that are compared take turns.
 *
 * usage: deno run -A bench/queues.ts [rounds]
 */

import { contest, onRuntime } from "./contest.ts";

function script(name: string): string {
  return new URL(`./queues/${name}`, import.meta.url).pathname;
}

if (import.meta.main) {
  const contestants = [
    ...await onRuntime("deno", "deno", script("ours.ts")),
    ...await onRuntime("deno port", "deno", script("ports.ts")),
    ...await onRuntime("bun", "bun", script("ours.ts")),
    ...await onRuntime("bun port", "bun", script("ports.ts")),
    ...await onRuntime("node", "node", script("ours.ts")),
    ...await onRuntime("node port", "node", script("ports.ts")),
    ...await onRuntime("node fork", "node", script("fork.ts")),
    { name: "Python", program: "python3", args: [script("rival.py")] },
  ];
  await contest(contestants, Number(Deno.args[0] ?? "3"));
}
