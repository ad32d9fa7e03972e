/** The command line of the demo. */

/** What the demo is asked to do. */
export interface DemoArguments {
  /** The folder; by default one that `default_folder.ts` chooses. */
  readonly folder: string | undefined;
  /** On which runtime. */
  readonly runtime: "deno" | "bun" | "node";
  /** How many workers; by default one for each processor. */
  readonly workers: number | undefined;
}

/** How it is called. */
export const usage = "usage: deno task demo [folder] [--runtime deno|bun|node] [--workers 1…512]";

/** What was typed makes no sense; the message says what would. */
export class UsageError extends Error {}

/** Reads the command line; throws {@linkcode UsageError}. */
export function parseArguments(args: readonly string[]): DemoArguments {
  let folder: string | undefined;
  let runtime: DemoArguments["runtime"] = "deno";
  let workers: number | undefined;
  const rest = args.flatMap((arg) => /^--\w+=/.test(arg) ? splitOnce(arg, "=") : [arg]);
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--runtime") runtime = runtimeOf(rest.shift());
    else if (arg === "--workers") workers = workersOf(rest.shift());
    else if (arg.startsWith("--")) throw new UsageError(`There is no option ${arg}\n${usage}`);
    else if (folder !== undefined) {
      throw new UsageError(`One folder at a time: got "${folder}" and "${arg}"\n${usage}`);
    } else folder = arg;
  }
  return { folder, runtime, workers };
}

function splitOnce(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function runtimeOf(name: string | undefined): DemoArguments["runtime"] {
  if (name === "deno" || name === "bun" || name === "node") return name;
  throw new UsageError(`--runtime must be deno, bun or node, got ${said(name)}`);
}

function workersOf(text: string | undefined): number {
  const count = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && count >= 1 && count <= 512) return count;
  throw new UsageError(`--workers must be an integer from 1 to 512, got ${said(text)}`);
}

function said(value: string | undefined): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
