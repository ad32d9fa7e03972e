/** Running a program for the gate. */

import { root } from "./paths.ts";

/** How a program is run. */
export interface RunOptions {
  /** Its working directory; the project's folder by default. */
  cwd?: string;
  /** Added to its environment. */
  env?: Record<string, string>;
  /** After how many milliseconds it is killed; ten minutes by default. */
  timeout?: number;
}

/** How it ended. */
export interface RunResult {
  /** Whether it exited with 0. */
  ok: boolean;
  /** Its standard output and standard error, in the order of arrival. */
  output: string;
}

/** Runs a program to its end and collects what it says. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd = root, env = {}, timeout = 600_000 }: RunOptions = {},
): Promise<RunResult> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const collected = collect(child);
  let late = "";
  const timer = setTimeout(() => {
    late = `\nkilled after ${timeout} ms\n`;
    child.kill("SIGKILL");
  }, timeout);
  const status = await child.status;
  clearTimeout(timer);
  return { ok: status.success && late === "", output: await collected + late };
}

/** What a child with piped streams says, as text, complete when both streams have ended. */
export async function collect(child: Deno.ChildProcess): Promise<string> {
  const chunks: string[] = [];
  await Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) chunks.push(text);
  }));
  return chunks.join("");
}
