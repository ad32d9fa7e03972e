/** Modules of this package where it was loaded from JSR: they can be run and imported by specifier only. */

/** The exports of deno.json that stand for a module that is asked for by its URL. */
export const EXPORTS: Readonly<Record<string, string>> = {
  "src/process/child.ts": "child",
  "src/process/prelude.ts": "prelude",
  "src/pool/worker.ts": "worker",
  "src/manager/server.ts": "manager",
};

/**
 * What a runtime can be told to run or import for the URL of a module: `jsr:@x/mp@1.2.3/child` for
 * `https://jsr.io/@x/mp/1.2.3/src/process/child.ts`, everything else as it is.
 */
export function specifierOf(url: string): string {
  const match = /^https:\/\/jsr\.io\/(@[^/]+\/[^/]+)\/([^/]+)\/(.+)$/.exec(url);
  if (match === null) return url;
  const [, name, version, path] = match;
  const entry = EXPORTS[path];
  return entry === undefined ? url : `jsr:${name}@${version}/${entry}`;
}
