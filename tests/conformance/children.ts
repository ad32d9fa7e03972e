/** What tests ask of their children. */
import { assertEquals } from "@std/assert";
import type { Child } from "../../src/runtime/port.ts";
import { start, type StartOptions } from "../fixtures/conformance/start.ts";

export { programOf, start, type StartOptions } from "../fixtures/conformance/start.ts";

/** Waits until a child has ended, and fails unless it ended well. */
export async function succeed(child: Child): Promise<void> {
  assertEquals(await child.exited, { code: 0, signal: null });
}

/** Starts a script and waits until it ended well; what it wrote to its standard output, parsed. */
export async function ask<T>(script: string, ticket: object, options?: StartOptions): Promise<T> {
  const child = start(script, ticket, { ...options, stdout: "piped" });
  const text = await new Response(child.stdout).text();
  await succeed(child);
  return JSON.parse(text);
}
