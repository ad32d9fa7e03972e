/** `deno task fetch`: the pinned Bun and Node, into .cache. */

import { runtimeNames } from "../support/runtime.ts";
import { locate } from "./runtimes.ts";

for (const runtime of runtimeNames) {
  const located = await locate(runtime);
  if ("program" in located) console.log(`${runtime}: ${located.program}`);
  else {
    console.error(`${runtime}: ${located.reason}`);
    Deno.exitCode = 1;
  }
}
