/** The modules that this process imports to find functions in. */

import { moduleUrl } from "./location.ts";
import { oneState } from "../runtime/one_state.ts";

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

// A loaded module may be waiting in a top-level await that never ends; it is waited for once.
const PATIENCE_MS = 1_000;

const progress = oneState("imports 1", () => ({ pending: 0 }));
const imported = new Map<string, Promise<ModuleExports>>();

/** Whether a module is being imported to find a function in: its main code may be unguarded. */
export function isImporting(): boolean {
  return progress.pending > 0;
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
  progress.pending += 1;
  try {
    return await lookup.import(url);
  } finally {
    progress.pending -= 1;
  }
}

const arrivals = new Map<string, { exports?: ModuleExports }>();

/** The exports of all loaded modules by URL. */
export async function loadedModules(lookup: Lookup): Promise<ReadonlyMap<string, ModuleExports>> {
  const awaited: Promise<void>[] = [];
  for (const name of lookup.loaded?.() ?? []) {
    const url = name.startsWith("node:") ? name : moduleUrl(name);
    if (url === undefined || arrivals.has(url) || !isScript(url)) continue;
    const arrival: { exports?: ModuleExports } = {};
    arrivals.set(url, arrival);
    // It is loaded already: this runs nothing, so it does not count as importing.
    awaited.push(lookup.import(url).then((exports) => void (arrival.exports = exports), () => {}));
  }
  if (awaited.length > 0) await atMost(PATIENCE_MS, Promise.all(awaited));
  const modules = new Map<string, ModuleExports>();
  for (const [url, { exports }] of arrivals) {
    if (exports !== undefined) modules.set(url, exports);
  }
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
