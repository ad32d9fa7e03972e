/** What the options of a process must be. */
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
  throw new TypeError(`Cannot make a process: args must be an array, got ${typeof args}`);
}

/** @throws {TypeError} if a standard stream is to be what there is not. */
export function checkedStdio(
  options: { readonly stdin?: unknown; readonly stdout?: unknown; readonly stderr?: unknown },
): void {
  for (const stream of ["stdin", "stdout", "stderr"] as const) {
    const value = options[stream];
    if (value === undefined || STDIO.includes(value)) continue;
    throw new TypeError(
      `Cannot make a process: ${stream} must be "inherit", "null" or "piped", got ${quoted(value)}`,
    );
  }
}

function quoted(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : typeof value;
}
