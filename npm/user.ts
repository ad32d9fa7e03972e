/** A user's folder: the packed package installed into it, and programs of every kind. */

import * as esbuild from "esbuild";
import { fileURLToPath } from "node:url";
import { denoConfig } from "../tests/gate/paths.ts";
import { run } from "../tests/gate/run.ts";

const programs = fileURLToPath(new URL("./smoke/", import.meta.url));

/** The command that the installed tool has. */
export const COMMAND = "mp-smoke";

/**
 * Packs the package in `dist` and installs it into the empty folder `user`, as the registry's
 * users would; then writes the programs of `npm/smoke` there.
 *
 * @param bun A Bun: it packs and installs without a registry.
 */
export async function makeUser(bun: string, dist: string, user: string): Promise<void> {
  const { name } = denoConfig();
  const ours = await pack(bun, dist, user);
  const tool = `${user}/tool`;
  await emit("command.ts", `${tool}/command.js`);
  await emit("tool.ts", `${tool}/tool.js`);
  write(`${tool}/package.json`, {
    name: "mp-smoke-tool",
    version: "1.0.0",
    type: "module",
    exports: "./tool.js",
    bin: { [COMMAND]: "command.js" },
    dependencies: { [name]: `file:${ours}` },
  });
  write(`${user}/package.json`, {
    type: "module",
    dependencies: {
      [name]: `file:${ours}`,
      "mp-smoke-tool": `file:${await pack(bun, tool, user)}`,
    },
  });
  await must(bun, ["install"], user);
  for (const program of ["app.ts", "hidden.ts"]) {
    await Deno.copyFile(programs + program, `${user}/${program}`);
    await emit(program, `${user}/${program.replace(".ts", ".js")}`);
    await emit(program, `${user}/bundle/${program.replace(".ts", ".mjs")}`, [name]);
  }
  await emit("library.ts", `${user}/library.js`);
  await emit("app.ts", `${user}/bundle/app_whole.mjs`, ["koffi"]);
  await emit("one_file.ts", `${user}/bundle/one_file.mjs`, ["koffi"]);
}

async function pack(bun: string, folder: string, into: string): Promise<string> {
  const args = ["pm", "pack", "--quiet", "--ignore-scripts", "--destination", into];
  const output = await must(bun, args, folder);
  return output.trim().split("\n").at(-1)!.trim();
}

async function must(program: string, args: string[], cwd: string): Promise<string> {
  const { ok, output } = await run(program, args, { cwd });
  if (!ok) throw new Error(`${program} ${args.join(" ")}:\n${output}`);
  return output;
}

/** A program as JavaScript; if it is told what stays outside, bundled with all else and minified. */
async function emit(program: string, outfile: string, external?: string[]): Promise<void> {
  const bundled = external === undefined
    ? {}
    : { bundle: true, minify: true, keepNames: true, external };
  await esbuild.build({
    entryPoints: [programs + program],
    // What it imports is found where its user has it, and not beside its source.
    nodePaths: [`${outfile.slice(0, outfile.lastIndexOf("/"))}/../node_modules`],
    alias: {},
    outfile,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "warning",
    ...bundled,
  });
}

function write(path: string, json: unknown): void {
  Deno.writeTextFileSync(path, JSON.stringify(json, null, 2));
}
