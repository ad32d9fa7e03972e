/** Which runtime this is: the one place that asks. */
import { UnsupportedError } from "../errors.ts";
import { bunRuntime } from "./bun.ts";
import { denoRuntime } from "./deno.ts";
import { nodeRuntime } from "./node.ts";
import { assertNewEnough } from "./oldest.ts";
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

interface Globals {
  Deno?: Parameters<typeof denoRuntime>[0];
  Bun?: Parameters<typeof bunRuntime>[0];
}

/** The runtime that has these globals; throws like {@linkcode currentRuntime}. */
export function runtimeOf(globals: object): Runtime {
  const { Deno, Bun } = globals as Globals;
  // Not looked at before it is needed: that costs Deno its start once more.
  const process = <P>(): P => (globals as { process?: unknown }).process as P;
  if (Deno?.version?.deno !== undefined) return denoRuntime(Deno, process);
  if (Bun !== undefined) return bunRuntime(Bun, process());
  const node = process<Parameters<typeof nodeRuntime>[0] | undefined>();
  if (node?.versions?.node !== undefined) return nodeRuntime(node);
  throw new UnsupportedError("Cannot tell the runtime: this module runs on Deno, Bun and Node");
}

/** Throws if the runtime with these globals is known, and too old; throws like `assertNewEnough()`. */
export function assertNotTooOld(globals: object): void {
  const { Deno, Bun } = globals as Globals;
  if (Deno?.version?.deno !== undefined) return assertNewEnough("deno", Deno.version.deno);
  if (Bun !== undefined) return assertNewEnough("bun", Bun.version);
  const { process } = globals as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node !== undefined) assertNewEnough("node", process.versions.node);
}

// When this is imported, and not when it is used: an old runtime lacks what classes of ours begin with.
assertNotTooOld(globalThis);
