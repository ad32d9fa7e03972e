/** How a Bun child is started as its parent was: same loaders, same configuration. */
import { type FlagKind, parseFlags } from "./flags.ts";
import type { Launch } from "./port.ts";

const NEXT = new Set([
  "--preload",
  "-r",
  "--require",
  "--import",
  "--tsconfig-override",
  "--conditions",
  "--define",
  "-d",
  "--loader",
  "-l",
  "--env-file",
  "--config",
  "-c",
  "--main-fields",
  "--extension-order",
  "--drop",
  "--jsx-factory",
  "--jsx-fragment",
  "--jsx-import-source",
  "--jsx-runtime",
  "--install",
]);

const ALONE = /^(--smol|--no-install|-i|--prefer-\S+|--no-deprecation|--no-env-file|--dns-\S+|-b|--bun|--no-macros|--ignore-dce-annotations|--use-\S+-ca|--throw-deprecation|--title|--jsx-side-effects)$/;

const DROP_NEXT = new Set([
  "--cwd",
  "--timeout",
  "--bail",
  "-t",
  "--test-name-pattern",
  "--coverage-reporter",
  "--coverage-dir",
  "--reporter",
  "--reporter-outfile",
  "--rerun-each",
  "--filter",
  "-F",
  "--port",
  "-e",
  "--eval",
  "-p",
  "--print",
]);

function kindOf(flag: string): FlagKind {
  if (NEXT.has(flag)) return "next";
  if (DROP_NEXT.has(flag)) return "drop-next";
  return ALONE.test(flag) ? "alone" : "drop";
}

/** The arguments of a child that runs `launch.entry` as this process runs its own script. */
export function bunLaunchArgs({ commandLine, entry, ticket }: Launch): string[] {
  const { kept } = parseFlags(
    commandLine.slice(1),
    kindOf,
    (word, before) => before.length === 1 || (word !== "run" && word !== "test"),
  );
  return [...kept, entryPath(entry), ticket];
}

/** The path of a `file:` URL; anything else as it is. */
export function entryPath(entry: string): string {
  return entry.startsWith("file:") ? decodeURIComponent(new URL(entry).pathname) : entry;
}
