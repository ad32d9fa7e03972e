/** Which runtime the tests are on. */

/** The runtimes that every test runs on. */
export const runtimeNames = ["deno", "bun", "node"] as const;

/** The name of one of them. */
export type RuntimeName = (typeof runtimeNames)[number];

const globals = globalThis as { Deno?: unknown; Bun?: unknown };

/** The name of the runtime of this process. */
export const runtimeName: RuntimeName = globals.Deno !== undefined
  ? "deno"
  : globals.Bun !== undefined
  ? "bun"
  : "node";
