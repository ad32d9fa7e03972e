/** What the options of a process must be. */
import { checkSignal, shown } from "../parking/checks.ts";
import type { Stdio } from "../runtime/port.ts";

const STDIO: readonly unknown[] = ["inherit", "null", "piped"] satisfies Stdio[];

/** @throws {TypeError} if the name of a process is not a string. */
export function checkedName(name: unknown): string {
  if (typeof name === "string") return name;
  throw new TypeError(`Cannot name a process: name must be a string, got ${typeof name}`);
}

/** @throws {TypeError} if the arguments of a target are not an array. */
export function checkedArgs(args: unknown = []): readonly unknown[] {
  if (Array.isArray(args)) return args;
  throw new TypeError(`Cannot make a process: args must be an array, got ${shown(args)}`);
}

/** @throws {TypeError} if one of the other options, or all of them, are not what they must be. */
export function checkOptions(options: Readonly<Record<string, unknown>>): void {
  if (typeof options !== "object" || options === null) wrong("options", "an object", options);
  const { daemon, cwd, env, signal } = options;
  if (daemon !== undefined && typeof daemon !== "boolean") wrong("daemon", "a boolean", daemon);
  if (cwd !== undefined && typeof cwd !== "string") wrong("cwd", "a path", cwd);
  // What its variables are is looked at when the process is started: until then they may change.
  if (env !== undefined && (typeof env !== "object" || env === null)) {
    wrong("env", "an object", env);
  }
  checkSignal("make a process", signal);
  for (const stream of ["stdin", "stdout", "stderr"] as const) {
    const value = options[stream];
    if (value === undefined || STDIO.includes(value)) continue;
    wrong(stream, '"inherit", "null" or "piped"', value);
  }
}

function wrong(option: string, bound: string, value: unknown): never {
  throw new TypeError(`Cannot make a process: ${option} must be ${bound}, got ${shown(value)}`);
}
