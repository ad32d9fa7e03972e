/**
 * Queues and pipes beside MessagePort, the channel of `fork()`, and Python's queue. Each figure comes from a
 * fresh process; those that are compared take turns.
 *
 * usage: deno run -A bench/queues.ts [rounds] [small|large|trips]… [part of a contestant's name]…
 */

import { contest, onRuntime } from "./contest.ts";
import { TASKS } from "./queues/task.ts";

function script(name: string): string {
  return new URL(`./queues/${name}`, import.meta.url).pathname;
}

if (import.meta.main) {
  const [rounds = "3", ...parts] = Deno.args;
  const tasks = parts.filter((part) => TASKS.some((task) => task === part));
  const names = parts.filter((part) => !tasks.includes(part));
  const contestants = [
    ...await onRuntime("deno", "deno", script("ours.ts"), ...tasks),
    ...await onRuntime("deno port", "deno", script("ports.ts"), ...tasks),
    ...await onRuntime("bun", "bun", script("ours.ts"), ...tasks),
    ...await onRuntime("bun port", "bun", script("ports.ts"), ...tasks),
    ...await onRuntime("node", "node", script("ours.ts"), ...tasks),
    ...await onRuntime("node port", "node", script("ports.ts"), ...tasks),
    ...await onRuntime("node fork", "node", script("fork.ts"), ...tasks),
    { name: "Python", program: "python3", args: [script("rival.py"), ...tasks] },
  ];
  await contest(
    contestants.filter(({ name }) =>
      names.length === 0 || names.some((part) => name.includes(part))
    ),
    Number(rounds),
  );
}
