/** The runtimes under test: this Deno, and the pinned Bun and Node, fetched from npm by Deno. */

import type { RuntimeName } from "../support/runtime.ts";
import { cache } from "./paths.ts";
import pins from "./pins.json" with { type: "json" };
import { run } from "./run.ts";

/** The versions that the project is tested with. */
export const pinned: Readonly<Record<RuntimeName, string>> = pins;

/** A runtime that can be run, or the reason why it cannot. */
export type Located = { program: string } | { reason: string };

const cpu = Deno.build.arch === "aarch64" ? "arm64" : "x64";

// Bun and Node name the same processor differently; each package holds just one program.
const packages = {
  bun: {
    name: `@oven/bun-${Deno.build.os}-${cpu === "arm64" ? "aarch64" : cpu}`,
    program: "bin/bun",
  },
  node: { name: `node-${Deno.build.os}-${cpu}`, program: "bin/node" },
};

/** Where a Node of this machine's kind is. */
export const nodePackage: Readonly<{ name: string; program: string }> = packages.node;

/** Installs packages into a folder unless that is there; says why if it cannot. */
export async function fetchPackages(
  folder: string,
  dependencies: Record<string, string>,
): Promise<string | undefined> {
  const there = (): boolean =>
    Object.keys(dependencies).every((name) =>
      exists(`${folder}/node_modules/${name}/package.json`)
    );
  if (there()) return undefined;
  const { ok, output } = await install(folder, dependencies);
  if (ok && there()) return undefined;
  return `cannot fetch ${
    Object.keys(dependencies).map((name) => `npm:${name}`).join(", ")
  }\n${output}`;
}

/** Finds a runtime of the pinned version, and fetches it if this is the first time. */
export async function locate(runtime: RuntimeName): Promise<Located> {
  if (runtime === "deno") return { program: Deno.execPath() };
  const { name, program } = packages[runtime];
  const folder = `${cache}runtimes/${runtime}-${pinned[runtime]}`;
  const path = `${folder}/node_modules/${name}/${program}`;
  const failure = await fetchPackages(folder, { [name]: pinned[runtime] });
  if (failure !== undefined) return { reason: failure };
  const { ok, output } = await run(path, ["--version"]);
  const version = output.trim().replace(/^v/, "");
  if (ok && version === pinned[runtime]) return { program: path };
  return { reason: `${path} is not ${pinned[runtime]} but says: ${output.trim()}` };
}

/** Installs into a draft and renames it, so that two runs at the same time do not meet. */
async function install(folder: string, dependencies: Record<string, string>) {
  const draft = `${folder}.${Deno.pid}`;
  await Deno.mkdir(draft, { recursive: true });
  await Deno.writeTextFile(
    `${draft}/package.json`,
    JSON.stringify({ private: true, dependencies }),
  );
  const result = await run(Deno.execPath(), ["install"], {
    cwd: draft,
    // As npm does, trust the authorities that this machine trusts.
    env: { DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") ?? "mozilla,system" },
  });
  try {
    await Deno.rename(draft, folder);
  } catch {
    // The other run was first.
    await Deno.remove(draft, { recursive: true });
  }
  return result;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
