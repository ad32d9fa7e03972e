/** How a Node child is started as its parent was: `execArgv` without what concerns the parent alone. */
import { entryPath } from "./bun_flags.ts";
import { type FlagKind, parseFlags } from "./flags.ts";
import type { Launch } from "./port.ts";

const NEXT = new Set([
  "--import",
  "--require",
  "-r",
  "--loader",
  "--experimental-loader",
  "--conditions",
  "-C",
  "--env-file",
  "--env-file-if-exists",
  "--icu-data-dir",
  "--openssl-config",
  "--title",
  "--disable-warning",
  "--unhandled-rejections",
]);

const DROP_NEXT = new Set(["-e", "--eval", "-p", "--print", "-pe", "--input-type", "--watch-path"]);

const DROP =
  /^(--test.*|--experimental-test.*|--watch.*|--inspect.*|--cpu-prof.*|--heap-prof.*|--prof|--interactive|-i|--check|-c|--run|--build-sea|--experimental-sea-config)$/;

function kindOf(flag: string): FlagKind {
  if (NEXT.has(flag)) return "next";
  if (DROP_NEXT.has(flag)) return "drop-next";
  return DROP.test(flag) ? "drop" : "alone";
}

/** The arguments of a child that runs `entry` as this process runs its own script. */
export function nodeLaunchArgs({ entry, ticket }: Launch, execArgv: readonly string[]): string[] {
  const { kept } = parseFlags(execArgv, kindOf, () => false);
  return [...kept, entryPath(entry), ticket];
}
