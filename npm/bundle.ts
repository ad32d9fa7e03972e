/** The JavaScript of the npm package: one module an export, what they share in chunks beside them. */

import * as esbuild from "esbuild";
import { readFileSync } from "node:fs";

/** A module that is imported from outside, by its name in the package. */
export interface Entry {
  /** The name of its file, without an ending. */
  name: string;
  /** The path of its source. */
  source: string;
}

/**
 * Bundles the entries into `folder`, flat.
 *
 * A child is started with a file of ours: where the sources say `new URL("./child.ts", …)` or
 * `import.meta.resolve("./child.ts")`, the bundle finds the entry of that source beside itself.
 */
export async function bundle(entries: readonly Entry[], folder: string): Promise<void> {
  await esbuild.build({
    entryPoints: entries.map(({ name, source }) => ({ in: source, out: name })),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    external: ["node:*", "bun:*", "koffi"],
    // `ownFolder()` in src/functions knows the package by this name.
    chunkNames: "x-mp-[hash]",
    sourcemap: true,
    sourcesContent: true,
    legalComments: "none",
    logLevel: "warning",
    plugins: [ownEntries(entries)],
  });
}

/** Ends the process of esbuild, without which this one would not end. */
export async function stopBundling(): Promise<void> {
  await esbuild.stop();
}

function ownEntries(entries: readonly Entry[]): esbuild.Plugin {
  const nameOf = new Map(entries.map(({ name, source }) => [source, name]));
  return {
    name: "own entries",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, "utf8").replace(
          /(new URL\(|import\.meta\.resolve\()"(\.[^"]*\.ts)"/g,
          (_, call: string, target: string) => {
            const source = new URL(target, `file://${path}`).pathname;
            const name = nameOf.get(source);
            if (name === undefined) {
              throw new Error(`Cannot bundle ${path}: "${target}" is not an export of deno.json`);
            }
            return `${call}"./${name}.js"`;
          },
        );
        return { contents, loader: "ts" };
      });
    },
  };
}
