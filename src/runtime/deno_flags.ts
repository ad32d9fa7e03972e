/** How a Deno child is started as its parent was: same permissions, same configuration. */
import { entryPath, type FlagKind, parseFlags } from "./flags.ts";
import type { Launch } from "./port.ts";

/** The subcommands under which modules run in the very process of the command line. */
const SUBCOMMANDS = new Set(["run", "watch", "test", "bench", "serve", "eval", "repl", "x"]);

/** Those that take flags behind their files too, up to `--`. */
const FLAGS_EVERYWHERE = new Set(["test", "bench", "repl"]);

/** Those that look for deno.json beside the script; the others look in the working directory. */
const CONFIGURED_BY_SCRIPT = new Set([undefined, "run", "watch"]);

const NEXT = new Set([
  "--config",
  "-c",
  "--import-map",
  "--cert",
  "--location",
  "--seed",
  "--log-level",
  "-L",
  "--preload",
  "--import",
  "--require",
  "--conditions",
  "--lock",
  "--min-dep-age",
  "--node-modules-linker",
]);

const ALONE =
  /^(-[APRWINES]|-q|--quiet|--(allow|deny|ignore)-\S+|--permission-set|--no-prompt|--no-config|--node-modules-dir|--vendor|--no-remote|--no-npm|--cached-only|--no-lock|--frozen|--frozen-lockfile|--unstable\S*|--v8-flags|--use-env-proxy|--enable-testing-features-do-not-use|--no-code-cache|--unsafely-ignore-certificate-errors)$/;

const DROP_NEXT = new Set([
  "--coverage-threshold",
  "--eval",
  "--eval-file",
  "--ext",
  "--filter",
  "--host",
  "--inspect-publish-uid",
  "--junit-path",
  "--port",
  "--related",
  "--repeats",
  "--reporter",
  "--retry",
  "--shard",
]);

const DROP =
  /^(-[hpruV]|--env-file|--env|--help|--version|--print|--reload|--update-snapshots|--check|--no-check|--watch\S*|--hmr|--no-clear-screen|--inspect\S*|--cpu-prof\S*|--coverage\S*|--clean|--no-run|--permit-no-files|--ignore|--allow-scripts|--doc|--json|--open|--parallel|--shuffle|--fail-fast|--changed|--hide-stacktraces|--sanitize-\S+|--trace-leaks)$/;

/** What is to be done with a flag; `undefined` if this table does not know it. */
export function denoFlagKind(flag: string): FlagKind | undefined {
  if (NEXT.has(flag)) return "next";
  if (DROP_NEXT.has(flag)) return "drop-next";
  if (DROP.test(flag)) return "drop";
  return ALONE.test(flag) ? "alone" : undefined;
}

/**
 * The arguments of a child that runs `launch.entry` as this process runs its own script.
 *
 * @param mayRead Whether this process may read a file. A program needs no permission to load the modules
 * that it names itself; a child that imports them by their URLs would, so there they are named as preloaded.
 */
export function denoLaunchArgs(
  launch: Launch,
  mayRead: (path: string) => boolean = () => true,
): string[] {
  const { commandLine, entry, ticket } = launch;
  let subcommand: string | undefined;
  const parsed = parseFlags(
    commandLine.slice(1).flatMap(spread),
    (flag) => denoFlagKind(flag) ?? "drop",
    (word, before) => {
      if (before.length > 0) return !FLAGS_EVERYWHERE.has(subcommand!);
      if (!SUBCOMMANDS.has(word)) return true;
      subcommand = word;
      return false;
    },
  );
  const { words } = parsed;
  // For tests, a bare -P is their own set of the configuration; the child would get that of programs.
  const kept = parsed.kept.filter((flag) => !isTest(subcommand) || !OWN_SET.has(flag));
  // It has all permissions, and no flags for them.
  if (subcommand === "eval" && !kept.includes("-A")) kept.push("-A");
  const configured = kept.some((flag) => /^(--config|-c|--no-config)(=|$)/.test(flag));
  if (!configured) {
    kept.push(...foundConfig(launch, startFolder(launch.cwd, subcommand, words), kept));
  }
  const modules = launch.modules ?? [];
  if (modules.some((url) => url.startsWith("file:") && !mayRead(entryPath(url)))) {
    kept.push(...modules.map((url) => `--preload=${url}`));
  }
  return ["run", ...kept, entry, ticket];
}

/** The set of permissions that the configuration has for the subcommand. */
const OWN_SET = new Set(["-P", "--permission-set"]);

function isTest(subcommand: string | undefined): boolean {
  return subcommand === "test" || subcommand === "bench";
}

/** `-qA` is `-q -A`; what stands behind `c` or `L` is their value. */
function spread(argument: string): string[] {
  if (!/^-[A-Za-z]{2}/.test(argument)) return [argument];
  const flags: string[] = [];
  for (let i = 1; i < argument.length; i++) {
    const flag = `-${argument[i]}`;
    const rest = argument.slice(i + 1);
    const value = rest.startsWith("=") ? rest.slice(1) : rest;
    if (rest !== "" && (rest.startsWith("=") || NEXT.has(flag))) {
      return [...flags, `${flag}=${value}`];
    }
    flags.push(flag);
  }
  return flags;
}

/** Where Deno began to look for the configuration of this process. */
function startFolder(
  cwd: string,
  subcommand: string | undefined,
  words: readonly string[],
): string {
  const script = words[subcommand === undefined ? 0 : 1];
  if (script === undefined || !CONFIGURED_BY_SCRIPT.has(subcommand)) return cwd;
  const path = entryPath(script);
  if (/^[a-z][a-z+.-]+:/.test(path)) return cwd;
  const folders: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (part === "..") folders.pop();
    else if (part !== "" && part !== ".") folders.push(part);
  }
  return folders.slice(0, -1).map((folder) => `/${folder}`).join("");
}

/**
 * The configuration that Deno found for this process, named: for the child it would look beside the
 * child's script, which is ours and not the user's. The first folder with a deno.json or a
 * package.json counts; a package.json alone means a node_modules folder that the user looks after.
 */
function foundConfig(launch: Launch, start: string, kept: readonly string[]): string[] {
  for (let folder = start;; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      if (launch.exists(`${folder}/${name}`)) return [`--config=${folder}/${name}`];
    }
    if (launch.exists(`${folder}/package.json`)) {
      const chosen = kept.some((flag) => flag.startsWith("--node-modules-dir"));
      return chosen ? ["--no-config"] : ["--no-config", "--node-modules-dir=manual"];
    }
    if (folder === "") return ["--no-config"];
  }
}
