/** Runs real programs on the runtime under test. */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtimeName } from "../support/runtime.ts";

/** How a program ended. */
export interface Ending {
  /** Its exit code. */
  readonly code: number | null;
  /** What it wrote to standard output. */
  readonly stdout: string;
  /** What it wrote to standard error. */
  readonly stderr: string;
}

/** The path of a fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/environments/${name}`, import.meta.url));
}

/** Lends a folder, which is empty at first and gone at last. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(`${tmpdir()}/environments-`);
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ending> {
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: options.cwd,
    env: { ...ownEnvironment(), NO_COLOR: "1", ...options.env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr };
}

/** Runs a script on this runtime, with all permissions. */
export function runScript(script: string, options: { cwd?: string } = {}): Promise<Ending> {
  const flags = runtimeName === "deno" ? ["run", "-A", "--no-lock"] : [];
  return run(process.execPath, [...flags, script], options);
}

/** Without what marks this process as one of a test runner's: a runner in it would report to that. */
function ownEnvironment(): Record<string, string | undefined> {
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  return rest;
}
