/** What the demo hashes if nobody says. */

import { cache } from "../../tests/gate/paths.ts";
import { locate } from "../../tests/gate/runtimes.ts";
import { UsageError } from "./arguments.ts";

/**
 * The runtimes that the tasks fetch: some 280 MB in 1,900 files, from headers of 100 bytes to a program
 * of 150 MB, and the same on every machine.
 */
export async function defaultFolder(): Promise<string> {
  for (const runtime of ["bun", "node"] as const) {
    const located = await locate(runtime);
    if ("program" in located) continue;
    throw new UsageError(
      `Cannot hash the runtimes that the tests fetch: ${located.reason}\n` +
        "Name another folder: deno task demo <folder>",
    );
  }
  return `${cache}runtimes`;
}
