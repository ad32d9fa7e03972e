/** What the options of a process must be. */
import { checkArgs, checkOptions, checkSignal, shown } from "../parking/checks.ts";
import type { Stdio } from "../runtime/port.ts";

const STDIO: readonly unknown[] = ["inherit", "null", "piped"] satisfies Stdio[];

const MAKE = "make a process";

/** @throws {TypeError} if the name of a process is not a string. */
export function checkedName(name: unknown): string {
  if (typeof name === "string") return name;
  throw new TypeError(`Cannot name a process: name must be a string, got ${typeof name}`);
}

/** @throws {TypeError} if one of the options but the name, or all of them, are not what they must be. */
export function checkProcessOptions(options: Readonly<Record<string, unknown>>): void {
  checkOptions(MAKE, options);
  const { args, daemon, cwd, env, signal } = options;
  if (args !== undefined) checkArgs(MAKE, "args", args);
  if (daemon !== undefined && typeof daemon !== "boolean") wrong("daemon", "a boolean", daemon);
  if (cwd !== undefined && (typeof cwd !== "string" || cwd.includes("\0"))) {
    wrong("cwd", "a path", cwd);
  }
  // What its variables are is looked at when the process is started: until then they may change.
  if (env !== undefined && (typeof env !== "object" || env === null)) {
    wrong("env", "an object", env);
  }
  checkSignal(MAKE, signal);
  for (const stream of ["stdin", "stdout", "stderr"] as const) {
    const value = options[stream];
    if (value === undefined || STDIO.includes(value)) continue;
    wrong(stream, '"inherit", "null" or "piped"', value);
  }
}

function wrong(option: string, bound: string, value: unknown): never {
  throw new TypeError(`Cannot ${MAKE}: ${option} must be ${bound}, got ${shown(value)}`);
}
