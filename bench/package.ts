/** The npm package, built for benches where a user would have it installed. */

import { bundle, stopBundling } from "../npm/bundle.ts";
import { fileName } from "../npm/manifest.ts";
import { cache, denoConfig, root } from "../tests/gate/paths.ts";

/** Builds the package; returns its module. */
export async function buildPackage(): Promise<string> {
  // Where it is installed: runtimes treat what lies there differently.
  const folder = `${cache}bench-package/node_modules/mp`;
  const entries = Object.entries(denoConfig().exports);
  await bundle(
    entries.map(([name, path]) => ({ name: fileName(name), source: root + path.slice(2) })),
    folder,
  );
  await stopBundling();
  Deno.writeTextFileSync(`${folder}/package.json`, '{ "type": "module" }');
  return `${folder}/mod.js`;
}
