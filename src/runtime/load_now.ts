/** Evaluating a module in the middle of other code: `require()` takes modules of either kind. */
import { entryPath } from "./flags.ts";

/** What of `node:module` it takes. */
export interface ModuleLoader {
  /** Makes a `require`. */
  createRequire(base: string): (path: string) => unknown;
}

/**
 * Evaluates the module in a file, or finds it evaluated.
 *
 * @throws {Error} if it is in no file, or awaits something.
 */
export function loadFile(module: ModuleLoader, url: string): void {
  if (!url.startsWith("file:")) throw new Error(`Cannot load ${url} now: it is no file`);
  module.createRequire(url)(entryPath(url));
}
