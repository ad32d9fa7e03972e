/** Which runtime this is: the one place that asks. */
import { UnsupportedError } from "../errors.ts";
import { bunRuntime } from "./bun.ts";
import { denoRuntime } from "./deno.ts";
import { nodeRuntime } from "./node.ts";
import type { Runtime } from "./port.ts";

let current: Runtime | undefined;

/**
 * The runtime that runs this program. Bun and Deno are asked for before Node, whose `process` both imitate.
 *
 * @throws {UnsupportedError} in a browser, an edge worker, or another runtime.
 */
export function currentRuntime(): Runtime {
  return current ??= runtimeOf(globalThis);
}

/** The runtime that has these globals; throws like {@linkcode currentRuntime}. */
export function runtimeOf(globals: object): Runtime {
  const { Deno, Bun, process } = globals as {
    Deno?: Parameters<typeof denoRuntime>[0];
    Bun?: Parameters<typeof bunRuntime>[0];
    process?: Parameters<typeof bunRuntime>[1] & Parameters<typeof nodeRuntime>[0];
  };
  if (Deno?.version?.deno !== undefined) return denoRuntime(Deno, process);
  if (Bun !== undefined && process !== undefined) return bunRuntime(Bun, process);
  if (process?.versions?.node !== undefined) return nodeRuntime(process);
  throw new UnsupportedError("Cannot tell the runtime: this module runs on Deno, Bun and Node");
}
