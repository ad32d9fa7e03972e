/** How a script is run on each runtime, without noise on standard error. */

import type { RuntimeName } from "../tests/support/runtime.ts";

/** What stands before the script. */
export const launchFlags: Readonly<Record<RuntimeName, readonly string[]>> = {
  deno: ["run", "-A", "--no-check"],
  bun: [],
  node: ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--disable-warning=ExperimentalWarning"],
};
