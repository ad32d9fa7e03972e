/**
 * The examples in doc comments, in README files and in CONTRIBUTING.md, found and written out as modules of their own:
 * an example that starts a process is imported again by that process.
 *
 * A block fenced with `ts` is an example. `ts no-run` is only type checked, `ts ignore` is left
 * alone and counted as skipped.
 */

import { pathToFileURL } from "node:url";
import { denoConfig, filesBelow, root } from "./paths.ts";

/** An example. */
export interface Example {
  /** Where it stands, as in `README.md:12`. */
  at: string;
  /** Whether it stands in a README rather than in a comment. */
  readme: boolean;
  /** What is done with it. */
  mode: "run" | "check" | "skip";
  /** Its code, on the lines where it stands, so that errors name them. */
  code: string;
}

/** All examples of the project. */
export function findExamples(): Example[] {
  const found = ["mod.ts", ...filesBelow("src", /\.ts$/)].flatMap((path) => extract(path, false));
  // Those below tests are for who works there; they sketch.
  const readmes = filesBelow("", /^(?:README|CONTRIBUTING)\.md$/).filter((path) =>
    !path.startsWith("tests/")
  );
  return [...found, ...readmes.flatMap((path) => extract(path, true))];
}

function extract(path: string, readme: boolean): Example[] {
  const found: Example[] = [];
  let inComment = false;
  let open: { line: number; attributes: string; lines: string[] } | undefined;
  Deno.readTextFileSync(root + path).split("\n").forEach((raw, index) => {
    if (!readme && /^\s*\/\*\*/.test(raw)) inComment = true;
    const line = readme ? raw : raw.replace(/^\s*\*? ?/, "");
    if (open !== undefined && /^\s*```\s*$/.test(line)) {
      found.push(example(path, readme, open));
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(line);
    } else if (readme || inComment) {
      const fence = /^\s*```(?:ts|typescript)\b(.*)$/.exec(line);
      if (fence !== null) open = { line: index + 2, attributes: fence[1], lines: [] };
    }
    if (!readme && raw.includes("*/")) inComment = false;
  });
  return found;
}

function example(
  path: string,
  readme: boolean,
  { line, attributes, lines }: { line: number; attributes: string; lines: string[] },
): Example {
  const mode = /\bignore\b/.test(attributes)
    ? "skip"
    : /\bno-run\b/.test(attributes)
    ? "check"
    : "run";
  const resolved = lines.map((text) => resolveRelative(resolveOurs(text), path));
  const code = "\n".repeat(line - 1) + resolved.join("\n") + "\n";
  return { at: `${path}:${line}`, readme, mode, code };
}

/** Makes an import of the package, however it is written, one of the sources. */
function resolveOurs(line: string): string {
  const { name, exports } = denoConfig();
  const ours = new RegExp(`(["'])(?:jsr:|npm:)?${name}(?:@[\\w.^~-]+)?(/[\\w/-]+)?\\1`, "g");
  return line.replace(ours, (_, quote: string, entry = "") => {
    const target = exports[entry === "" ? "." : `.${entry}`];
    if (target === undefined) throw new Error(`No export "${name}${entry}" in deno.json`);
    return quote + new URL(target, pathToFileURL(root)).href + quote;
  });
}

/** Makes an import that is relative to where the example stands absolute. */
function resolveRelative(line: string, path: string): string {
  const base = pathToFileURL(root + path);
  return line.replace(
    /(\b(?:from|import)\s*\(?\s*)(["'])(\.\.?\/[^"']+)\2/g,
    (_, before: string, quote: string, target: string) =>
      before + quote + new URL(target, base).href + quote,
  );
}
