/**
 * `deno task test`: the gate, everything that must hold before a commit. It stops at the first step
 * that fails, and says last how many tests passed, failed and were skipped.
 */

import {
  checkDocs,
  checkFormat,
  checkLint,
  checkNpmPackage,
  checkPublish,
  checkTypes,
} from "./gate/checks.ts";
import { testOlderNodes } from "./gate/older.ts";
import { checkPlanted } from "./gate/planted.ts";
import { seconds, sentence, step, StepFailed, sum, type Totals } from "./gate/report.ts";
import { runExamples } from "./gate/run_examples.ts";
import { locate, pinned } from "./gate/runtimes.ts";
import { chooseStd } from "./gate/std.ts";
import { runSuite } from "./gate/suite.ts";
import { type RuntimeName, runtimeNames } from "./support/runtime.ts";

const start = performance.now();
const results = new Map<string, Totals>();

async function gate(): Promise<void> {
  const programs = await step("runtimes", findRuntimes);
  const std = await step("@std", chooseStd);
  console.log(`   tests on Deno use ${std.name}`);
  await step("format", checkFormat);
  await step("lint", checkLint);
  await step("types", () => checkTypes(std.flags));
  await step("documentation", checkDocs);
  await step("publish, dry run", checkPublish);
  await step("examples", async () => {
    const totals = await runExamples(programs, std.flags);
    results.set("examples", totals);
    console.log(`   ${sentence(totals)}`);
    if (totals.failed > 0) throw new StepFailed(`${totals.failed} examples failed`);
  });
  await step("npm package", async () => {
    const totals = await checkNpmPackage();
    results.set("npm package", totals);
    console.log(`   ${sentence(totals)}`);
  });
  await step("planted faults", () => checkPlanted(programs, std.flags));
  await step("older Nodes, by koffi", async () => {
    const totals = await testOlderNodes();
    results.set("older Nodes", totals);
    if (totals.failed > 0) throw new StepFailed("an older Node fails");
  });
  const [first] = programs.keys();
  for (const [runtime, program] of programs) {
    const searchedOn = runtime === first ? undefined : first;
    await step(`tests on ${runtime} ${pinned[runtime]}`, async () => {
      const suite = {
        runtime,
        program,
        stdFlags: std.flags,
        filters: [],
        searchedOn,
        verbose: false,
      };
      results.set(runtime, await runSuite(suite));
    });
  }
}

/** The programs that can be run; a runtime that cannot be had is a skip, not a pass. */
async function findRuntimes(): Promise<Map<RuntimeName, string>> {
  const programs = new Map<RuntimeName, string>();
  for (const runtime of runtimeNames) {
    const located = await locate(runtime);
    if ("program" in located) programs.set(runtime, located.program);
    else {
      console.log(`   SKIPPED ${runtime}: ${located.reason}`);
      results.set(runtime, { passed: 0, failed: 0, skipped: 1 });
    }
  }
  if (Deno.version.deno !== pinned.deno) {
    console.log(`   this is Deno ${Deno.version.deno}; the project is tested with ${pinned.deno}`);
  }
  return programs;
}

try {
  await gate();
} catch (error) {
  if (!(error instanceof StepFailed)) console.error(error);
  const failed = [...results.values()].some((totals) => totals.failed > 0);
  // A step without tests of its own that failed is counted as one.
  if (!failed) results.set("a step", { passed: 0, failed: 1, skipped: 0 });
}

console.log(`\n── summary, ${seconds(start)}`);
for (const [name, totals] of results) console.log(`   ${name}: ${sentence(totals)}`);
const total = sum([...results.values()]);
console.log(`\n${sentence(total)}`);
if (total.failed > 0) Deno.exit(1);
