/** The Nodes without an FFI of their own: a smoke test of the whole on each, with koffi. */

import older from "./older.json" with { type: "json" };
import { cache, root } from "./paths.ts";
import type { Totals } from "./report.ts";
import { run } from "./run.ts";
import { fetchPackages, nodePackage } from "./runtimes.ts";

/** Runs the smoke test on every older Node; one that cannot be fetched is a skip. */
export async function testOlderNodes(): Promise<Totals> {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const version of older.node) {
    const folder = `${cache}runtimes/node-${version}-koffi-${older.koffi}`;
    const packages = { [nodePackage.name]: version, koffi: older.koffi };
    const failure = await fetchPackages(folder, packages);
    if (failure !== undefined) {
      console.log(`   SKIPPED Node ${version}: ${failure}`);
      totals.skipped++;
      continue;
    }
    const program = `${folder}/node_modules/${nodePackage.name}/${nodePackage.program}`;
    const { ok, output } = await run(
      program,
      ["--disable-warning=ExperimentalWarning", "tests/fixtures/environments/smoke.ts"],
      { cwd: root, env: { NODE_PATH: `${folder}/node_modules` } },
    );
    const done = ok && output.trim() === "done";
    console.log(`   ${done ? "ok    " : "FAILED"} Node ${version}${done ? "" : `\n${output}`}`);
    if (done) totals.passed++;
    else totals.failed++;
  }
  return totals;
}
