/** Type checks the examples, and runs those of comments on Deno, those of READMEs everywhere. */

import type { RuntimeName } from "../support/runtime.ts";
import { type Example, findExamples } from "./examples.ts";
import { inLanes } from "./lanes.ts";
import { isPrinted } from "./output.ts";
import { cache } from "./paths.ts";
import { StepFailed, type Totals } from "./report.ts";
import { run } from "./run.ts";

/** The runtimes that can be run, by name. */
export type Programs = ReadonlyMap<RuntimeName, string>;

interface Job {
  example: Example;
  runtime: RuntimeName;
  file: string;
}

/** Runs all examples. */
export async function runExamples(programs: Programs, stdFlags: string[]): Promise<Totals> {
  const examples = findExamples();
  const skipped = examples.filter(({ mode }) => mode === "skip");
  const folder = `${cache}examples-${Deno.pid}`;
  const files = new Map<Example, string>();
  try {
    for (const example of examples) {
      if (example.mode === "skip") continue;
      // A folder each: an example may write files beside itself.
      const place = `${folder}/${example.at.replace(/[^\w.]/g, "_")}`;
      Deno.mkdirSync(place, { recursive: true });
      Deno.writeTextFileSync(`${place}/example.ts`, example.code);
      files.set(example, `${place}/example.ts`);
    }
    await check([...files.values()], stdFlags);
    const jobs = [...files].flatMap(([example, file]) =>
      [...programs.keys()]
        .filter((runtime) => example.mode === "run" && (example.readme || runtime === "deno"))
        .map((runtime) => ({ example, file, runtime }))
    );
    const failed = await runAll(jobs, programs, stdFlags);
    for (const { at } of skipped) console.log(`   skipped: ${at} (marked "ignore")`);
    return { passed: jobs.length - failed, failed, skipped: skipped.length };
  } finally {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

async function check(files: string[], stdFlags: string[]): Promise<void> {
  if (files.length === 0) return;
  const { ok, output } = await run(Deno.execPath(), ["check", ...stdFlags, ...files]);
  if (!ok) throw new StepFailed("An example does not pass the type checker", output);
}

async function runAll(jobs: Job[], programs: Programs, stdFlags: string[]): Promise<number> {
  const results = await inLanes(jobs, 2, async ({ example, file, runtime }) => {
    const flags = {
      deno: ["run", "-A", "--no-check", ...stdFlags],
      bun: [],
      node: ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"],
    }[runtime];
    const { ok, output } = await run(programs.get(runtime)!, [...flags, file], {
      cwd: file.slice(0, file.lastIndexOf("/")),
      timeout: 60_000,
    });
    const printed = example.output === undefined || isPrinted(example.output, output);
    return { ok: ok && printed, output, reason: ok ? ", which prints something else" : "" };
  }, ({ example, runtime }, { ok, output, reason }) => {
    if (!ok) console.log(`   FAILED ${example.at} on ${runtime}${reason}\n${output.trimEnd()}`);
  });
  return results.filter(({ ok }) => !ok).length;
}
