/** Fetches the packages that we are compared with into the ignored cache. */

import { cache } from "../../tests/gate/paths.ts";
import { run } from "../../tests/gate/run.ts";
import pins from "./pins.json" with { type: "json" };

/** The versions that are compared with. */
export const versions: Readonly<Record<keyof typeof pins, string>> = pins;

/** Installs what is pinned, once; returns the folder of the modules. */
export async function installPeers(): Promise<string> {
  const folder = `${cache}peers-${Object.entries(pins).flat().join("-")}`;
  const modules = `${folder}/node_modules`;
  try {
    for (const name of Object.keys(pins)) Deno.statSync(`${modules}/${name}/package.json`);
    return modules;
  } catch {
    // It is the first time, or did not succeed before.
  }
  Deno.mkdirSync(folder, { recursive: true });
  const manifest = JSON.stringify({ private: true, dependencies: pins });
  Deno.writeTextFileSync(`${folder}/package.json`, manifest);
  const { ok, output } = await run(Deno.execPath(), ["install"], {
    cwd: folder,
    env: { DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") ?? "mozilla,system" },
  });
  if (!ok) throw new Error(`Cannot fetch the peers\n${output}`);
  return modules;
}
