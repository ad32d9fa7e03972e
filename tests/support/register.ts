/** The one place that knows how each runtime's test runner takes a test. */

import { runtimeName } from "./runtime.ts";

/** A test, ready for a runner. */
export interface Registration {
  /** Its name. */
  name: string;
  /** Why it is skipped, if it is. */
  reason?: string;
  /** The watchdog's limit in milliseconds; the runner's own must not come first. */
  limit: number;
  /** What it does. */
  body: () => Promise<void> | void;
}

type BunTest = {
  (name: string, body: () => unknown, timeout: number): void;
  skip(name: string, body: () => unknown): void;
};
type NodeTest = (name: string, options: { skip?: string }, body: () => unknown) => void;

// Not literals: each of these modules is unknown to the type checkers of the others.
const runner: string = { deno: "", bun: "bun:test", node: "node:test" }[runtimeName];
const imported = runner === "" ? undefined : (await import(runner)).test;

/** Hands a test to the runner of this runtime. */
export function register({ name, reason, limit, body }: Registration): void {
  if (runtimeName === "deno") {
    Deno.test({
      name: reason === undefined ? name : `${name} (${reason})`,
      ignore: reason !== undefined,
      sanitizeOps: true,
      sanitizeResources: true,
      sanitizeExit: true,
      fn: async () => await body(),
    });
  } else if (runtimeName === "bun") {
    const test = imported as BunTest;
    try {
      if (reason !== undefined) test.skip(`${name} (${reason})`, body);
      else test(name, body, 3 * limit + 30_000);
    } catch (error) {
      // A child imports this file to look for a function in it.
      if (!String(error).includes("outside of the test runner")) throw error;
    }
  } else {
    const test = imported as NodeTest;
    test(name, { skip: reason }, () => body());
  }
}
