/** `deno task test:<runtime> [part of a file name]…`: the tests on one runtime. */

import type { RuntimeName } from "../support/runtime.ts";
import { sentence } from "./report.ts";
import { locate } from "./runtimes.ts";
import { chooseStd } from "./std.ts";
import { runSuite } from "./suite.ts";

const [runtime, ...filters] = Deno.args as [RuntimeName, ...string[]];
const located = await locate(runtime);
if ("reason" in located) {
  console.error(`Cannot run the tests on ${runtime}: ${located.reason}`);
  Deno.exit(1);
}
const { name, flags } = await chooseStd();
console.log(runtime === "deno" ? `with ${name}` : "with the stand-ins of tests/std");
const totals = await runSuite({
  runtime,
  program: located.program,
  stdFlags: flags,
  filters,
  verbose: filters.length > 0,
});
console.log(sentence(totals));
if (totals.failed > 0) Deno.exit(1);
