/** What a runtime says of its own flags. */
import { assert } from "@std/assert";
import type { Runtime } from "../../src/runtime/port.ts";

/** The flags that a runtime's help names, without their values. */
export async function flagsOf(
  runtime: Runtime,
  program: string,
  args: readonly string[],
): Promise<string[]> {
  const child = runtime.spawn({ program, args, stdin: "null", stdout: "piped", stderr: "null" });
  const help = await new Response(child.stdout).text();
  await child.exited;
  // deno-lint-ignore no-control-regex
  const plain = help.replace(/\x1b\[[0-9;]*m/g, "");
  const flags = [...plain.matchAll(/^ +(-[A-Za-z], )?(--?[A-Za-z][\w-]*)/gm)];
  assert(flags.length > 20, `The help names only ${flags.length} flags`);
  return flags.flatMap(([, short, long]) =>
    short === undefined ? [long] : [short.slice(0, 2), long]
  );
}
