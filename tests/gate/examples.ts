/**
 * The examples in doc comments, in README files and in CONTRIBUTING.md, found and written out as modules of their own:
 * an example that starts a process is imported again by that process.
 *
 * A block fenced with `ts` is an example. `ts no-run` is only type checked, `ts ignore` is left
 * alone and counted as skipped. A block fenced with `text output` is what the example before it prints:
 * see output.ts.
 */

import { pathToFileURL } from "node:url";
import type { ExpectedOutput } from "./output.ts";
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
  /** What it prints, if that is said. */
  output?: ExpectedOutput;
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
  let open: Fence | undefined;
  Deno.readTextFileSync(root + path).split("\n").forEach((raw, index) => {
    if (!readme && /^\s*\/\*\*/.test(raw)) inComment = true;
    const line = readme ? raw : raw.replace(/^\s*\*? ?/, "");
    if (open !== undefined && /^\s*```\s*$/.test(line)) {
      if (open.isOutput) found.at(-1)!.output = outputOf(open);
      else found.push(example(path, readme, open));
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(line);
    } else if (readme || inComment) {
      const [, language, attributes] = /^\s*```(ts|typescript|text output)\b(.*)$/.exec(line) ?? [];
      if (language !== undefined) {
        open = { line: index + 2, isOutput: language === "text output", attributes, lines: [] };
      }
    }
    if (!readme && raw.includes("*/")) inComment = false;
  });
  return found;
}

interface Fence {
  line: number;
  isOutput: boolean;
  attributes: string;
  lines: string[];
}

function outputOf({ attributes, lines }: Fence): ExpectedOutput {
  return { lines, inAnyOrder: /\bin any order\b/.test(attributes) };
}

function example(path: string, readme: boolean, { line, attributes, lines }: Fence): Example {
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
