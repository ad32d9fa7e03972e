/**
 * Locks beside two bare atomic operations, Python's locks, and a lock on a futex in C, compiled here if there is a
 * compiler.
 *
 * usage: deno run -A bench/locks.ts [rounds]
 */

import { cache } from "../tests/gate/paths.ts";
import { contest, type Contestant, onRuntime } from "./contest.ts";

function script(name: string): string {
  return new URL(`./locks/${name}`, import.meta.url).pathname;
}

/** The rival in C; none without a compiler. */
async function compiled(): Promise<Contestant[]> {
  const program = `${cache}locks-rival`;
  try {
    await Deno.mkdir(cache, { recursive: true });
    const { success, stderr } = await new Deno.Command("cc", {
      args: ["-O2", "-o", program, script("rival.c")],
      stderr: "piped",
    }).output();
    if (success) return [{ name: "C", program, args: [] }];
    console.log(`C: skipped, ${new TextDecoder().decode(stderr)}`);
  } catch (error) {
    console.log(`C: skipped, ${error}`);
  }
  return [];
}

if (import.meta.main) {
  const contestants = [
    ...await onRuntime("deno", "deno", script("ours.ts")),
    ...await onRuntime("bun", "bun", script("ours.ts")),
    ...await onRuntime("node", "node", script("ours.ts")),
    ...await compiled(),
    { name: "Python", program: "python3", args: [script("rival.py")] },
  ];
  await contest(contestants, Number(Deno.args[0] ?? "3"));
}
