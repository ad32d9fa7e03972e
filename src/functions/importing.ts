/** The modules that this process imports to find functions in. */

/** A module's exports by name. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** What a lookup needs of its process. */
export interface Lookup {
  /** Imports a module by URL, as the user's own code would. */
  readonly import: (url: string) => Promise<ModuleExports>;
  /**
   * The URLs of all modules that are loaded in this process. With it a function is also found in a
   * module that the caller imported it from.
   */
  readonly loaded?: () => Iterable<string>;
}

let pending = 0;
const imported = new Map<string, Promise<ModuleExports>>();

/** Whether a module is being imported to find a function in: its main code may be unguarded. */
export function isImporting(): boolean {
  return pending > 0;
}

/** Imports a module once in this process; a failure is tried again. */
export function importModule(url: string, lookup: Lookup): Promise<ModuleExports> {
  let promise = imported.get(url);
  if (promise === undefined) {
    imported.set(url, promise = evaluate(url, lookup));
    promise.catch(() => imported.delete(url));
  }
  return promise;
}

async function evaluate(url: string, lookup: Lookup): Promise<ModuleExports> {
  pending += 1;
  try {
    return await lookup.import(url);
  } finally {
    pending -= 1;
  }
}
