/** How a Bun child is started as its parent was: same loaders, same configuration. */
import { entryPath, type FlagKind, parseFlags } from "./flags.ts";
import type { Launch } from "./port.ts";

const NEXT = new Set([
  "--conditions",
  "--console-depth",
  "--define",
  "-d",
  "--disable-warning",
  "--dns-result-order",
  "--drop",
  "--extension-order",
  "--feature",
  "--import",
  "--install",
  "--jsx-factory",
  "--jsx-fragment",
  "--jsx-import-source",
  "--jsx-runtime",
  "--loader",
  "-l",
  "--main-fields",
  "--max-http-header-size",
  "--preload",
  "-r",
  "--redirect-warnings",
  "--require",
  "--title",
  "--tsconfig-override",
  "--unhandled-rejections",
  "--user-agent",
]);

/** A short flag's value may follow it at once, as in `-dNAME:1`; that of `-c` only behind `=`. */
const ALONE =
  /^(-[bi]+|-[dlr]\S+|-c|--config|--smol|--bun|--no-install|--prefer-\S+|--experimental-\S+|--insecure-http-parser|--expose-gc|--no-deprecation|--throw-deprecation|--no-warnings|--trace-warnings|--trace-deprecation|--pending-deprecation|--zero-fill-buffers|--use-\S+-ca|--tls-\S+|--no-addons|--no-ffi-cc|--preserve-symlinks|--preserve-symlinks-main|--no-macros|--jsx-side-effects|--ignore-dce-annotations|--no-orphans)$/;

const DROP_NEXT = new Set([
  "--coverage-dir",
  "--coverage-reporter",
  "--cpu-prof-dir",
  "--cpu-prof-interval",
  "--cpu-prof-name",
  "--cron-period",
  "--cron-title",
  "--cwd",
  "--elide-lines",
  "--env-file",
  "--eval",
  "-e",
  "--fetch-preconnect",
  "--filter",
  "-F",
  "--heap-prof-dir",
  "--heap-prof-interval",
  "--heap-prof-name",
  "--max-concurrency",
  "--parallel-delay",
  "--path-ignore-patterns",
  "--port",
  "--print",
  "-p",
  "--reporter",
  "--reporter-outfile",
  "--rerun-each",
  "--retry",
  "--seed",
  "--shard",
  "--shell",
  "--test-name-pattern",
  "-t",
  "--timeout",
  "--timings",
  "--watch-kill-signal",
]);

const DROP =
  /^(-[huv]|--help|--version|--revision|--silent|--workspaces|--parallel|--sequential|--no-exit-on-error|--watch|--hot|--no-clear-screen|--check|--interactive|--inspect|--inspect-wait|--inspect-brk|--cpu-prof|--cpu-prof-md|--heap-prof|--heap-prof-md|--if-present|--redis-preconnect|--sql-preconnect|--update-snapshots|--todo|--only|--pass-with-no-tests|--concurrent|--no-env-file|--randomize|--coverage|--bail|--dots|--only-failures|--changed|--isolate|--no-isolate|--test-worker|--update-timings)$/;

/** What is to be done with a flag; `undefined` if this table does not know it. */
export function bunFlagKind(flag: string): FlagKind | undefined {
  if (NEXT.has(flag)) return "next";
  if (DROP_NEXT.has(flag)) return "drop-next";
  if (ALONE.test(flag)) return "alone";
  return DROP.test(flag) ? "drop" : undefined;
}

/**
 * What stands in front of the ticket in a tree that `bun test` began: the modules of its functions may be
 * those of tests. Elsewhere none of them could have been imported.
 */
const IN_TESTS = "--x-mp-tests";

/** Whether this process, of which these are the arguments behind the script, descends from `bun test`. */
export function isBelowTests(scriptArgs: readonly string[]): boolean {
  return scriptArgs.at(-2) === IN_TESTS;
}

/** The arguments behind the script, without what only this file knows of. */
export function argsGiven(scriptArgs: readonly string[]): string[] {
  return isBelowTests(scriptArgs) ? scriptArgs.toSpliced(-2, 1) : [...scriptArgs];
}

/** The arguments of a child that runs `launch.entry` as this process runs its own script. */
export function bunLaunchArgs({ commandLine, entry, ticket }: Launch): string[] {
  const { kept, words } = parseFlags(
    commandLine.slice(1),
    (flag) => bunFlagKind(flag) ?? "drop",
    (word, before) =>
      word !== "run" && word !== "test" ? before[0] !== "test" : before[0] === "run",
  );
  // What stands in such files is in the environment, of which it may have been taken away.
  const args = [...kept, "--no-env-file", entryPath(entry)];
  const inTests = words[0] === "test" || isBelowTests(commandLine);
  return inTests ? [...args, IN_TESTS, ticket] : [...args, ticket];
}
