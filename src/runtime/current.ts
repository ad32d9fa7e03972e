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
    process?: unknown;
  };
  if (Deno?.version?.deno !== undefined) {
    return denoRuntime(Deno, process as Parameters<typeof denoRuntime>[1]);
  }
  if (Bun !== undefined) return bunRuntime(Bun, process as Parameters<typeof bunRuntime>[1]);
  const node = process as Parameters<typeof nodeRuntime>[0] | undefined;
  if (node?.versions?.node !== undefined) return nodeRuntime(node);
  throw new UnsupportedError("Cannot tell the runtime: this module runs on Deno, Bun and Node");
}
