/** The modules that this process imports to find functions in. */

import { moduleUrl } from "./location.ts";

/** A module's exports by name. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** What a lookup needs of its process. */
export interface Lookup {
  /** Imports a module by URL, as the user's own code would. */
  readonly import: (url: string) => Promise<ModuleExports>;
  /**
   * The URLs or paths of the modules that are loaded in this process. With it a function is also
   * found in the module that its caller imported it from.
   */
  readonly loaded?: () => Iterable<string>;
}

// A loaded module may be waiting in a top-level await that never ends.
const PATIENCE_MS = 1_000;

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

/** The exports of all loaded modules except `known`, which grows by them. */
export async function loadedModules(
  lookup: Lookup,
  known: Set<string>,
): Promise<readonly ModuleExports[]> {
  const modules: ModuleExports[] = [];
  const arrivals: Promise<void>[] = [];
  for (const name of lookup.loaded?.() ?? []) {
    const url = name.startsWith("node:") ? name : moduleUrl(name);
    if (url === undefined || known.has(url) || !isScript(url)) continue;
    known.add(url);
    // It is loaded already: this runs nothing, so it does not count as importing.
    const arrival = lookup.import(url).then((exports) => void modules.push(exports));
    arrivals.push(arrival.catch(() => {}));
  }
  if (arrivals.length > 0) await atMost(PATIENCE_MS, Promise.all(arrivals));
  return modules;
}

/** Data and styles are imported with attributes that nobody remembers. */
function isScript(url: string): boolean {
  const last = url.slice(url.lastIndexOf("/") + 1).split(/[?#]/)[0] ?? "";
  return !last.includes(".") || /\.[cm]?[jt]sx?$/.test(last);
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([work, new Promise((resolve) => timer = setTimeout(resolve, ms))]);
  clearTimeout(timer);
}
