/** How the processes of the tests are seen to end. */

import { assertEquals } from "@std/assert";
import type { Process } from "../../mod.ts";

/** Waits for a process, which must end so. */
export async function assertEnds(
  child: Process,
  code: number,
  signal: string | null,
): Promise<void> {
  assertEquals(await child.join(), true);
  assertEquals([child.exitCode, child.signal, child.isAlive], [code, signal, false]);
}

/** What a process with piped streams writes to its end. */
export async function outputOf(child: Process): Promise<{ stdout: string; stderr: string }> {
  const text = (stream: ReadableStream<Uint8Array> | null): Promise<string> =>
    stream === null ? Promise.resolve("") : new Response(stream as BodyInit).text();
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}

/** The first line that a process writes; the others are thrown away. */
export async function firstLineOf(child: Process): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout!.pipeThrough(new TextDecoderStream() as never)) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0];
}
