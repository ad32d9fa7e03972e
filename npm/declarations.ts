/** The types of the npm package: the declarations that are reached from its exports. */

import { root } from "../tests/gate/paths.ts";
import { run } from "../tests/gate/run.ts";

/** Writes the declarations of `sources` (relative to the root) below `folder`. */
export async function declare(sources: readonly string[], folder: string): Promise<void> {
  const draft = await Deno.makeTempDir({ prefix: "mp-types-" });
  const args = ["transpile", "--declaration", "--outdir", draft, ...sources];
  const { ok, output } = await run(Deno.execPath(), args);
  if (!ok) throw new Error(`Cannot make declarations:\n${output}`);
  const reached = new Set(sources);
  for (const source of reached) {
    const text = Deno.readTextFileSync(`${draft}/${declarationOf(source)}`);
    for (const target of relativeImports(text)) {
      reached.add(new URL(target, `file://${root}${source}`).pathname.slice(root.length));
    }
    write(`${folder}/${declarationOf(source)}`, publishable(text));
  }
  await Deno.remove(draft, { recursive: true });
}

function declarationOf(source: string): string {
  return source.replace(/\.ts$/, ".d.ts");
}

const relative = /((?:\bfrom|\bimport|\bimport\()\s*["'])(\.[^"']*)\.ts(?=["'])/g;

function relativeImports(text: string): string[] {
  return [...text.matchAll(relative)].map(([, , path]) => `${path}.ts`);
}

/** Names files as a package does, and no folder of the machine that built it. */
function publishable(text: string): string {
  return text.replace(/^\/\/\/ <amd-module .*\n/gm, "").replace(relative, "$1$2.js");
}

function write(path: string, text: string): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(path, text);
}
