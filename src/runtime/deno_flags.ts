/** How a Deno child is started as its parent was: same permissions, same configuration. */
import { type FlagKind, parseFlags } from "./flags.ts";
import type { Launch } from "./port.ts";

const SUBCOMMANDS = new Set(["run", "test", "bench", "serve", "eval", "repl", "watch", "x"]);

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
]);

const DROP_NEXT = new Set(["--filter", "--ext", "--shuffle-seed", "--port", "--host"]);

const ALONE =
  /^(-[A-Z]+|-q|--quiet|--(allow|deny|ignore)-\S+|--permission-set|--no-prompt|--no-config|--node-modules-\S+|--vendor|--no-remote|--no-npm|--cached-only|--lock|--no-lock|--frozen|--unstable\S*|--env-file|--env|--conditions|--v8-flags|--enable-testing-features-do-not-use|--no-code-cache|--unsafely-ignore-certificate-errors)$/;

function kindOf(flag: string): FlagKind {
  if (NEXT.has(flag)) return "next";
  if (DROP_NEXT.has(flag)) return "drop-next";
  return ALONE.test(flag) ? "alone" : "drop";
}

/** The arguments of a child that runs `launch.entry` as this process runs its own script. */
export function denoLaunchArgs(launch: Launch): string[] {
  const { commandLine, entry, ticket } = launch;
  const { kept, words } = parseFlags(
    commandLine.slice(1),
    kindOf,
    (_word, before) => before.length === 1 || !SUBCOMMANDS.has(before[0] ?? _word),
  );
  const flags = [...kept];
  const configured = flags.some((flag) => /^(--config|-c|--no-config)(=|$)/.test(flag));
  if (!configured) {
    // Deno looks for deno.json beside the script; the child's script is ours, not the user's.
    const script = words[SUBCOMMANDS.has(words[0]) ? 1 : 0];
    const config = findConfig(launch, script);
    if (config !== undefined) flags.push(`--config=${config}`);
  }
  return ["run", ...flags, entry, ticket];
}

function findConfig(launch: Launch, script: string | undefined): string | undefined {
  let folder = launch.cwd;
  if (script !== undefined && !/^[a-z][a-z+.-]+:/.test(script)) {
    const path = script.startsWith("/") ? script : `${launch.cwd}/${script}`;
    folder = path.slice(0, path.lastIndexOf("/"));
  } else if (script?.startsWith("file:///")) {
    const path = decodeURIComponent(new URL(script).pathname);
    folder = path.slice(0, path.lastIndexOf("/"));
  }
  for (;;) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      if (launch.exists(`${folder}/${name}`)) return `${folder}/${name}`;
    }
    const slash = folder.lastIndexOf("/");
    if (slash < 0 || folder === "") return undefined;
    folder = folder.slice(0, slash);
  }
}
