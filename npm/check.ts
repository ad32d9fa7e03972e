/** Checks a built package: installed into a fresh folder, used from each runtime, and typed. */

import * as sources from "../mod.ts";
import { denoConfig } from "../tests/gate/paths.ts";
import { run } from "../tests/gate/run.ts";
import { locate } from "../tests/gate/runtimes.ts";
import { runtimeNames } from "../tests/support/runtime.ts";

/** Throws unless the package in `folder` offers what the sources offer. */
export async function checkPackage(folder: string): Promise<void> {
  checkExports(folder);
  const { name } = denoConfig();
  const user = await Deno.makeTempDir({ prefix: "mp-npm-" });
  try {
    const names = Object.keys(sources).sort();
    await install(folder, `${user}/node_modules/${name}`);
    Deno.writeTextFileSync(`${user}/package.json`, `{ "type": "module" }`);
    Deno.writeTextFileSync(`${user}/names.js`, listNames(name));
    Deno.writeTextFileSync(`${user}/typed.ts`, `export { ${names.join(", ")} } from "${name}";\n`);
    for (const runtime of runtimeNames) {
      const located = await locate(runtime);
      if ("reason" in located) continue;
      const args = runtime === "deno" ? ["run", "-A", "names.js"] : ["names.js"];
      const { ok, output } = await run(located.program, args, { cwd: user });
      if (!ok || output.trim() !== names.join()) {
        throw new Error(`The package on ${runtime} does not export ${names}:\n${output}`);
      }
    }
    const { ok, output } = await run(Deno.execPath(), ["check", "typed.ts"], { cwd: user });
    if (!ok) throw new Error(`The package's types are wrong:\n${output}`);
  } finally {
    await Deno.remove(user, { recursive: true });
  }
}

/** The exports of the package are those of deno.json, and each is there. */
function checkExports(folder: string): void {
  const { exports } = JSON.parse(Deno.readTextFileSync(`${folder}/package.json`));
  const [here, there] = [Object.keys(exports), Object.keys(denoConfig().exports)];
  if (here.join() !== there.join()) {
    throw new Error(`The package exports ${here}, deno.json exports ${there}`);
  }
  for (const { types, default: module } of Object.values<Record<string, string>>(exports)) {
    for (const file of [types, module]) Deno.statSync(`${folder}/${file}`);
  }
}

function listNames(name: string): string {
  return `import * as mp from "${name}";\nconsole.log(Object.keys(mp).sort().join());\n`;
}

/** Copies, as npm does: what lies below node_modules is treated otherwise than what is linked. */
async function install(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await install(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
