/** Children of a test: scripts of tests/fixtures/conformance, on this runtime or on another. */
import { assertEquals } from "@std/assert";
import { existsSync, readlinkSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Child, Stdio } from "../../src/runtime/port.ts";
import { platform, runtime } from "../fixtures/conformance/ground.ts";
import pins from "../gate/pins.json" with { type: "json" };
import type { RuntimeName } from "../support/runtime.ts";

/** How a child is started. */
export interface StartOptions {
  /** On which runtime; by default on this one. */
  readonly on?: RuntimeName;
  /** Flags of the runtime, instead of those that this process was started with. */
  readonly flags?: readonly string[];
  readonly stdin?: Stdio;
  readonly stdout?: Stdio;
  readonly stderr?: Stdio;
}

/** Starts a script; `ticket` is what it finds on its command line. */
export function start(script: string, ticket: object, options: StartOptions = {}): Child {
  const { on = runtime.name, flags, stdin = "null", stdout = "null", stderr = "inherit" } = options;
  const entry = new URL(`../fixtures/conformance/${script}`, import.meta.url).href;
  const [program, args] = on === runtime.name && flags === undefined
    ? [platform.program(), ownArgs(entry, JSON.stringify(ticket))]
    : [programOf(on)!, flagArgs(on, flags, entry, JSON.stringify(ticket))];
  return runtime.spawn({ program, args, stdin, stdout, stderr });
}

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

function ownArgs(entry: string, ticket: string): string[] {
  return runtime.launchArgs({
    commandLine: platform.commandLine(),
    entry,
    ticket,
    cwd: platform.workingDirectory(),
    exists: platform.exists,
  });
}

function flagArgs(
  on: RuntimeName,
  flags: readonly string[] | undefined,
  entry: string,
  ticket: string,
): string[] {
  const path = fileURLToPath(entry);
  if (on === "deno") return ["run", "--no-config", ...(flags ?? ["-A"]), path, ticket];
  return [...(flags ?? []), path, ticket];
}

/** The program of a runtime: this one's, a fetched one, or the Deno that runs these tests. */
export function programOf(name: RuntimeName): string | undefined {
  if (name === runtime.name) return platform.program();
  if (name === "deno") {
    const parent = readlinkSync(`/proc/${process.ppid}/exe`);
    return parent.endsWith("/deno") ? parent : undefined;
  }
  const cpu = name === "bun" && runtime.arch === "arm64" ? "aarch64" : runtime.arch;
  const packageName = `${name === "bun" ? "@oven/bun" : "node"}-${runtime.os}-${cpu}`;
  const path = fileURLToPath(
    new URL(
      `../../.cache/runtimes/${name}-${pins[name]}/node_modules/${packageName}/bin/${name}`,
      import.meta.url,
    ),
  );
  return existsSync(path) ? path : undefined;
}
