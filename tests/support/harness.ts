/**
 * `test()`: the same test files on Deno, Bun and Node, each test under a watchdog and with a leak
 * check at its end. The rules are in tests/README.md.
 */

import process from "node:process";
import { note } from "./journal.ts";
import { assertNoChildren, type Counts, describeDescriptors, growth, takeCounts } from "./leaks.ts";
import { childrenOf } from "./proc.ts";
import { register } from "./register.ts";
import { type RuntimeName, runtimeName } from "./runtime.ts";
import { watched } from "./watchdog.ts";

export { registerLeakCheck } from "./leaks.ts";
export { type RuntimeName, runtimeName } from "./runtime.ts";
export { until } from "./until.ts";
export { registerDump } from "./watchdog.ts";

/** How a test is run. */
export interface TestOptions {
  /** After how many milliseconds the watchdog barks; 60,000 by default. */
  timeout?: number;
  /** Runtimes on which the test is skipped, each with the reason. */
  ignore?: Partial<Record<RuntimeName, string>>;
  /** By how much a count may grow, as in `{ descriptors: 2 }`. */
  allow?: Counts;
}

/** Registers a test; its name is a sentence about a fact. */
export function test(name: string, body: () => unknown): void;
/** Registers a test with options. */
export function test(name: string, options: TestOptions, body: () => unknown): void;
export function test(
  name: string,
  second: TestOptions | (() => unknown),
  third?: () => unknown,
): void {
  const [options, body] = typeof second === "function" ? [{}, second] : [second, third!];
  const reason = options.ignore?.[runtimeName];
  if (reason !== undefined) {
    note({ event: "skip", test: name, reason });
    register({ name, reason, limit: 0, body: () => {} });
    return;
  }
  const limit = options.timeout ?? 60_000;
  const run = async () => {
    note({ event: "start", test: name, limit });
    try {
      await checked(() => watched(name, limit, body), options.allow ?? {});
    } finally {
      note({ event: "end", test: name });
    }
  };
  register({ name, limit, body: run });
}

async function checked(body: () => Promise<void>, allow: Counts): Promise<void> {
  const children = childrenOf(process.pid).map(({ pid }) => pid);
  let grown: string[] = [];
  for (const patience of [50, 2_000]) {
    const before = takeCounts();
    await body();
    await assertNoChildren(children);
    grown = await growth(before, allow, patience);
    if (grown.length === 0) return;
  }
  throw new Error(
    `The test leaks, twice in a row: ${grown.join(", ")}\n${describeDescriptors()}`,
  );
}
