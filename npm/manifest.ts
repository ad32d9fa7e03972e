/** The package.json of the npm package, made from deno.json. */

import { OLDEST } from "../src/runtime/oldest.ts";
import type { DenoConfig } from "../tests/gate/paths.ts";

/**
 * The name of an export's file: `mod` for ".", `mp_child` for "./child". In a bundle of the user's, a
 * `child.js` beside it could be anybody's.
 */
export function fileName(entry: string): string {
  return entry === "." ? "mod" : `mp_${entry.slice("./".length)}`;
}

/** The manifest. */
export function manifest(config: DenoConfig & { license?: string }) {
  const exports = Object.entries(config.exports).map(([entry, source]) => [entry, {
    types: source.replace(/^\.\//, "./types/").replace(/\.ts$/, ".d.ts"),
    default: `./${fileName(entry)}.js`,
  }]);
  return {
    name: config.name,
    version: config.version,
    description: "Python's multiprocessing for Deno, Bun and Node: real processes, shared memory",
    license: config.license,
    type: "module",
    exports: Object.fromEntries(exports) as Record<string, { types: string; default: string }>,
    engines: Object.fromEntries(
      Object.entries(OLDEST).map(([name, version]) => [name, `>=${version}`]),
    ),
    // Node has an FFI of its own since 26; older ones need this.
    peerDependencies: { koffi: "^3.3.0" },
    peerDependenciesMeta: { koffi: { optional: true } },
  };
}
