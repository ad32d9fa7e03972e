/** Tests the tests: planted faults must fail, each for its own reason, on every runtime. */

import type { RuntimeName } from "../support/runtime.ts";
import { sentence, StepFailed } from "./report.ts";
import type { Programs } from "./run_examples.ts";
import { runFile } from "./suite.ts";

const wanted = [
  "did not end within 100 ms",
  "left children behind",
  "twice in a row: descriptors",
  "twice in a row: slots",
];

/** Fails unless the harness finds what is planted. */
export async function checkPlanted(programs: Programs, stdFlags: string[]): Promise<void> {
  await Promise.all([...programs].map(async ([runtime, program]) => {
    await check(runtime, program, stdFlags);
  }));
}

async function check(runtime: RuntimeName, program: string, stdFlags: string[]): Promise<void> {
  const suite = { runtime, program, stdFlags, filters: [], verbose: false };
  const { totals, output, problems } = await runFile(suite, "tests/fixtures/planted.ts");
  const counts = sentence(totals);
  if (counts !== "1 passed, 4 failed, 1 skipped" || problems.length > 0) {
    throw new StepFailed(`${runtime}: planted faults: ${counts} ${problems.join("\n")}`, output);
  }
  for (const reason of wanted) {
    if (!output.includes(reason)) throw new StepFailed(`${runtime}: nothing "${reason}"`, output);
  }
}
