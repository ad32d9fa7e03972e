/** Which modules call us: the call stack as module URLs. */

import { moduleUrl, SOURCE_SUFFIX } from "./location.ts";

interface CallSite {
  getFileName(): string | null | undefined;
  getScriptNameOrSourceURL?(): string | null | undefined;
}

// Deep enough for our own frames and a few of the user's; a capture costs 5-35 µs.
const DEPTH = 64;
// A function handed on through more modules than this is found by task() instead.
const MAX_CALLERS = 4;

const here: string = import.meta.url;
const root: string | undefined = ownFolder(here);

/**
 * The folder where everything of ours lies, and nothing else: as sources, and in the npm package, whose chunks
 * are named as in `npm/bundle.ts`. Bundled by the user, all of ours is one file, which may be the user's too.
 *
 * @param module The URL of this module.
 */
export function ownFolder(module: string): string | undefined {
  if (/\/functions\/callsites\.[cm]?[jt]s$/.test(module)) return new URL("../", module).href;
  return /\/x-mp-[A-Z0-9]+\.js$/.test(module) ? new URL("./", module).href : undefined;
}

/**
 * The modules that called into this package, the nearest first, at most 4.
 *
 * Must be called before the first `await` of a public function: JavaScriptCore keeps no frames
 * beyond it. It also drops the frame of a function that ends in `return pool.map(…)`, ours as well,
 * so the nearest caller may be missing there.
 */
export function callerModules(): string[] {
  const found = new Set<string>();
  // In a bundle the caller may be the very file that we are in.
  if (root === undefined) found.add(here);
  for (const site of capture()) {
    const url = urlOf(site);
    if (url === undefined || (root === undefined ? url === here : url.startsWith(root))) continue;
    // Further out, packages are frameworks and test runners: importing them would run them.
    const nearest = found.size === (root === undefined ? 1 : 0);
    if (nearest || !url.includes("/node_modules/")) found.add(url);
    if (found.size === MAX_CALLERS) break;
  }
  return [...found];
}

function urlOf(site: CallSite): string | undefined {
  const exact = site.getScriptNameOrSourceURL?.() ?? "";
  // A function made from its source text calls for the module that it stood in.
  if (exact.endsWith(SOURCE_SUFFIX)) return moduleUrl(exact.slice(0, -SOURCE_SUFFIX.length));
  // Deno names files by path, and only here by their exact URL. A sourceURL comment of the user's
  // is no URL of a file.
  return moduleUrl(exact.startsWith("file:") ? exact : site.getFileName());
}

function capture(): readonly CallSite[] {
  const had = Object.hasOwn(Error, "prepareStackTrace");
  const prepareStackTrace: unknown = Reflect.get(Error, "prepareStackTrace");
  const stackTraceLimit: unknown = Reflect.get(Error, "stackTraceLimit");
  const holder: { stack?: unknown } = {};
  try {
    // By assignment, and back: Bun does not see a redefined or a deleted property. Reflect.set does
    // not throw where the user has frozen them: then nobody can tell who calls.
    Reflect.set(Error, "prepareStackTrace", (_error: unknown, sites: unknown) => sites);
    Reflect.set(Error, "stackTraceLimit", DEPTH);
    Error.captureStackTrace(holder);
    return Array.isArray(holder.stack) ? holder.stack : [];
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
    Reflect.set(Error, "prepareStackTrace", prepareStackTrace);
    if (!had) Reflect.deleteProperty(Error, "prepareStackTrace");
  }
}
