/** Running test files on one runtime, each in a process of its own and several at a time. */

import { pathToFileURL } from "node:url";
import { JOURNAL, REPORT } from "../support/journal.ts";
import type { RuntimeName } from "../support/runtime.ts";
import { alone } from "./alone.ts";
import { countReport } from "./junit.ts";
import { inLanes } from "./lanes.ts";
import { cache, filesBelow, root } from "./paths.ts";
import { seconds, sentence, sum, type Totals } from "./report.ts";
import { collect } from "./run.ts";
import { isSearch } from "./searches.ts";
import { MARK, readJournal, reapOrphans, watch } from "./watch.ts";

/** What to run. */
export interface Suite {
  runtime: RuntimeName;
  /** The runtime's program. */
  program: string;
  /** What Deno must be told to find `@std`. */
  stdFlags: readonly string[];
  /** Parts of file names; none means all. */
  filters: readonly string[];
  /** On which runtime the searches of models have been made already, that need not be made on this one. */
  searchedOn?: RuntimeName;
  /** Show everything that the files print, also when they pass. */
  verbose: boolean;
}

/** How many files run at a time, on a machine with as many processors. */
const mostLanes = 4;

/** The command line that runs one file and writes a JUnit report. */
function commandLine({ runtime, stdFlags }: Suite, file: string, report: string): string[] {
  const path = root + file;
  if (runtime === "deno") {
    // Types are checked in a step of the gate's own.
    return ["test", "-A", "--no-check", ...stdFlags, `--junit-path=${report}`, path];
  }
  if (runtime === "bun") {
    // tests/tsconfig.json names the stand-ins.
    return ["test", "--reporter=junit", `--reporter-outfile=${report}`, path];
  }
  return [
    `--import=${pathToFileURL(root + "tests/std/node.ts").href}`,
    "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
    "--test-reporter=junit",
    `--test-reporter-destination=${report}`,
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    path,
  ];
}

/** Runs all files that match; a file that ran no test has failed. */
export async function runSuite(suite: Suite): Promise<Totals> {
  const all = filesBelow("tests", /_test\.ts$/).filter((file) =>
    suite.filters.length === 0 || suite.filters.some((part) => file.includes(part))
  );
  const { searchedOn } = suite;
  const files = searchedOn === undefined ? all : all.filter((file) => !isSearch(file));
  if (files.length === 0) {
    console.log(`   no test file matches ${suite.filters.join(", ")}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const run = async (file: string): Promise<TimedResult> => {
    const start = performance.now();
    const result = await runFile(suite, file);
    return { ...result, time: seconds(start) };
  };
  // What files print at once, while they run, is readable only if they do it one by one.
  const lanes = suite.verbose ? 1 : Math.min(navigator.hardwareConcurrency, mostLanes);
  const results = [
    ...await inLanes(files.filter((file) => !(file in alone)), lanes, run, tell),
    ...await inLanes(files.filter((file) => file in alone), 1, run, tell),
  ];
  if (searchedOn !== undefined) {
    const searches = all.filter(isSearch).map((file) => file.slice("tests/".length));
    console.log(
      `   not here: ${searches.length} files of searches that are the same on every runtime; they ran ` +
        `on ${searchedOn}: ${searches.join(", ")}`,
    );
  }
  return sum(results.map(({ totals }) => totals));
}

type TimedResult = FileResult & { time: string };

/** Prints how a file went. */
function tell(file: string, { totals, output, problems, skips, time }: TimedResult): void {
  const verdict = totals.failed === 0 ? "ok    " : "FAILED";
  console.log(`   ${verdict} ${file}: ${sentence(totals)} (${time})`);
  if (totals.failed > 0) console.log(output);
  for (const problem of problems) console.log(`   ${file}: ${problem}`);
  for (const skip of skips) console.log(`   skipped: ${skip}`);
}

/** What is known of a file that ran. */
export interface FileResult {
  totals: Totals;
  /** What it printed, if that was not shown at once. */
  output: string;
  /** What is wrong with the file as a whole; each counts as a failure. */
  problems: string[];
  /** The skipped tests with their reasons. */
  skips: string[];
}

/** Runs one file. */
export async function runFile(suite: Suite, file: string): Promise<FileResult> {
  const folder = await Deno.makeTempDir({ prefix: "mp-test-" });
  const [report, journal] = [`${folder}/report.xml`, `${folder}/journal`];
  const mark = crypto.randomUUID();
  await Deno.writeTextFile(journal, "");
  const stdio = suite.verbose ? "inherit" : "piped";
  const child = new Deno.Command(suite.program, {
    args: commandLine(suite, file, report),
    cwd: root,
    env: {
      [JOURNAL]: journal,
      [REPORT]: report,
      [MARK]: mark,
      ...(suite.verbose ? {} : { NO_COLOR: "1" }),
      // Node strips the types of a hundred modules for each child, or looks here: a fifth of the time.
      ...(suite.runtime === "node" ? { NODE_COMPILE_CACHE: `${cache}node-compile` } : {}),
    },
    stdin: "null",
    stdout: stdio,
    stderr: stdio,
  }).spawn();
  const output = suite.verbose ? "" : collect(child);
  const hung = await watch(child.pid, journal, child.status);
  const status = await child.status;
  const orphans = await reapOrphans(mark);
  const totals = countReport(await Deno.readTextFile(report).catch(() => ""));
  const problems = [hung, orphans].filter((problem) => problem !== undefined);
  if (hung === undefined) {
    const end = `exited with ${status.signal ?? status.code}`;
    if (totals.passed + totals.failed + totals.skipped === 0) problems.push(`ran no test, ${end}`);
    else if (!status.success && totals.failed === 0) problems.push(`${end}, yet no test failed`);
  }
  totals.failed += problems.length;
  const skips = readJournal(journal).flatMap((entry) =>
    entry.event === "skip" ? [`${entry.test} (${entry.reason})`] : []
  );
  await Deno.remove(folder, { recursive: true });
  return { totals, output: await output, problems, skips };
}
