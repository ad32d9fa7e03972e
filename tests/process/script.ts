/** Programs of a user, run as processes of their own: what they print and how they end. */

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { processes } from "../support/proc.ts";
import { runtimeName } from "../support/runtime.ts";
import { until } from "../support/until.ts";

/** How a program is run. */
export interface ScriptOptions {
  /** What it finds behind its name. */
  readonly args?: readonly string[];
  /** Flags of the runtime; by default all permissions. */
  readonly flags?: readonly string[];
  /** Whether it leads a group of processes of its own, as on a terminal. */
  readonly group?: boolean;
}

/** How a program ended, and what it had printed. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that is running. */
export class Script {
  /** Its process id. */
  readonly pid: number;
  /** Settles when it has ended and nobody holds its streams any more. */
  readonly ending: Promise<Ending>;
  readonly #child: ChildProcess;
  #stdout = "";
  #stderr = "";

  /** @param path A path below `tests/fixtures`. */
  constructor(path: string, { args = [], flags, group = false }: ScriptOptions = {}) {
    const script = fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
    const own = runtimeName === "deno"
      ? ["run", "--no-lock", "--no-prompt", ...flags ?? ["-A"]]
      : flags ?? [];
    this.#child = spawn(process.execPath, [...own, script, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: environment(),
      detached: group,
    });
    this.pid = this.#child.pid!;
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => this.#stdout += text);
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => this.#stderr += text);
    this.ending = new Promise((resolve) => {
      this.#child.on("close", (code, signal) => {
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** What it has printed to standard output so far, by lines. */
  get lines(): string[] {
    return this.#stdout.split("\n").slice(0, -1);
  }

  /** Waits until it has printed so many lines. */
  async printed(count: number): Promise<string[]> {
    await until(
      () => this.lines.length >= count || this.#child.exitCode !== null,
      `the program has printed ${count} lines (${this.#stderr})`,
      { timeout: 30_000 },
    );
    return this.lines;
  }

  /** Sends it a signal. */
  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }
}

/** Runs a program to its end. */
export function runScript(path: string, options?: ScriptOptions): Promise<Ending> {
  return new Script(path, options).ending;
}

/** Whether none of these processes runs any more. */
export function areGone(pids: readonly number[]): boolean {
  return processes().every(({ pid, state }) => !pids.includes(pid) || state === "Z");
}

/** Without what marks this process as one of a test runner's: a runner in it would report to that. */
function environment(): Record<string, string | undefined> {
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...rest } = process.env;
  return { ...rest, NO_COLOR: "1" };
}
