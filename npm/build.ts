/** `deno task npm [folder]`: builds the npm package into npm/dist or the folder, and checks it as its users would use it. */

import { denoConfig, root } from "../tests/gate/paths.ts";
import { sentence } from "../tests/gate/report.ts";
import { bundle, stopBundling } from "./bundle.ts";
import { checkPackage } from "./check.ts";
import { declare } from "./declarations.ts";
import { fileName, manifest } from "./manifest.ts";
import { smoke } from "./smoke.ts";

/** Builds the package into `folder`, and checks it. */
export async function build(folder: string): Promise<void> {
  const config = denoConfig();
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  const entries = Object.entries(config.exports).map(([entry, source]) => ({
    name: fileName(entry),
    source: root + source.slice("./".length),
  }));
  await bundle(entries, folder);
  await declare(entries.map(({ source }) => source.slice(root.length)), `${folder}/types`);
  Deno.writeTextFileSync(`${folder}/package.json`, JSON.stringify(manifest(config), null, 2));
  for (const file of ["README.md", "LICENSE", "CHANGELOG.md"]) {
    // Not an error before there is one.
    await Deno.copyFile(root + file, `${folder}/${file}`).catch(() => {});
  }
  await checkPackage(folder);
}

if (import.meta.main) {
  const folder = Deno.args[0] ?? `${root}npm/dist`;
  await build(folder);
  const totals = await smoke(folder);
  await stopBundling();
  console.log(`   ${sentence(totals)}`);
  if (totals.failed > 0) Deno.exit(1);
}
