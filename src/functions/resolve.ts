/** From a reference to the function, in the process that is to call it. */

import { advice, markRebuilt, notFound } from "./explain.ts";
import { findExport, type Found } from "./exports.ts";
import { atGlobalPath } from "./globals.ts";
import { importModule, type Lookup } from "./importing.ts";
import { type FunctionReference, referenceKey, sourceText } from "./reference.ts";
import { evaluateSource } from "./source.ts";
import { findTask } from "./tasks.ts";

// deno-lint-ignore ban-types
type AnyFunction = Function;

const resolved = new Map<string, Promise<AnyFunction>>();

/**
 * Finds a function in this process, or makes it from its source text.
 *
 * Modules are imported once. The same reference gives the same function.
 *
 * @throws {SerializationError} naming the function, where it was looked for, and the fix.
 */
export function resolveFunction(
  reference: FunctionReference,
  lookup: Lookup,
): Promise<AnyFunction> {
  return once(`function ${referenceKey(reference)}`, async () => {
    const place = await locate(reference, lookup);
    return "fn" in place ? place.fn : rebuild(reference, place.reason);
  });
}

/**
 * Finds a class in this process; it is never made from its source text.
 *
 * @throws {SerializationError} naming the class, where it was looked for, and the fix.
 */
export function resolveClass(reference: FunctionReference, lookup: Lookup): Promise<AnyFunction> {
  return once(`class ${referenceKey(reference)}`, async () => {
    const place = await locate(reference, lookup);
    if ("fn" in place) return place.fn;
    throw notFound(reference, `${place.reason || "it has no module"}; ${advice(reference)}`);
  });
}

function once(key: string, find: () => Promise<AnyFunction>): Promise<AnyFunction> {
  let promise = resolved.get(key);
  if (promise === undefined) {
    resolved.set(key, promise = find());
    promise.catch(() => resolved.delete(key));
  }
  return promise;
}

type Place = { readonly fn: AnyFunction } | { readonly reason: string };

async function locate(reference: FunctionReference, lookup: Lookup): Promise<Place> {
  if (reference.path !== "") {
    const value = atGlobalPath(reference.path);
    if (
      typeof value === "function" &&
      (reference.kind === "global" || sourceText(value) === reference.text)
    ) {
      return { fn: value };
    }
  }
  switch (reference.kind) {
    case "global":
      throw notFound(reference, `there is no ${reference.path} in this process`);
    case "source":
      return { reason: "" };
    case "task":
      return await locateTask(reference, lookup);
    case "export":
      return await locateExport(reference, lookup);
  }
}

async function locateTask(reference: FunctionReference, lookup: Lookup): Promise<Place> {
  const [url = ""] = reference.urls;
  const entry = { ...reference, url };
  let fn = findTask(entry);
  if (fn === undefined) {
    const failure = await imports(url, reference, lookup);
    fn = findTask(entry);
    if (fn === undefined) {
      return {
        reason: failure ??
          `${url} registers no such task while it is evaluated (task() must be called at the top ` +
            "level, outside of if (import.meta.main))",
      };
    }
  }
  return { fn };
}

async function locateExport(reference: FunctionReference, lookup: Lookup): Promise<Place> {
  const reasons: string[] = [];
  const searched = new Set<string>();
  for (const url of reference.urls) {
    const failure = await imports(url, reference, lookup);
    if (failure !== undefined) {
      reasons.push(failure);
      continue;
    }
    const found = findExport(await importModule(url, lookup), reference);
    searched.add(url);
    if (found.state === "found") return found;
    reasons.push(reasonOf(found, url));
    const elsewhere = await searchLoaded(reference, lookup, searched);
    if (elsewhere.state === "found") return elsewhere;
    if (elsewhere.state === "ambiguous") reasons.push("several loaded modules export one like it");
  }
  return { reason: reasons.join(", and ") };
}

/** Looks in the modules that came along: the caller may have imported the function from one. */
async function searchLoaded(
  reference: FunctionReference,
  lookup: Lookup,
  searched: Set<string>,
): Promise<Found> {
  let best: Found = { state: "missing" };
  for (const url of lookup.loaded?.() ?? []) {
    if (searched.has(url)) continue;
    searched.add(url);
    const exports = await importModule(url, lookup).catch(() => ({}));
    const found = findExport(exports, reference);
    if (found.state === "ambiguous") return found;
    if (found.state !== "found") continue;
    if (best.state === "found" && best.fn !== found.fn) return { state: "ambiguous" };
    best = found;
  }
  return best;
}

/** Imports a module; says why not if there is no such module. */
async function imports(
  url: string,
  reference: FunctionReference,
  lookup: Lookup,
): Promise<string | undefined> {
  try {
    await importModule(url, lookup);
    return undefined;
  } catch (error) {
    if (isAbsent(error, url)) return `there is no module ${url} to import`;
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw notFound(reference, `${url} threw while it was imported: ${what}`, error);
  }
}

function isAbsent(error: unknown, url: string): boolean {
  if (!(error instanceof Error)) return false;
  const path = decodeURIComponent(new URL(url).pathname);
  const about = error.message.includes(url) || error.message.includes(path);
  return about && /not found|cannot find|no such file/i.test(error.message);
}

function reasonOf(found: Found, url: string): string {
  switch (found.state) {
    case "different":
      return `what ${url} exports by that name has another text (has the file changed meanwhile?)`;
    case "ambiguous":
      return `${url} exports several functions of that name and text`;
    default:
      return `${url} does not export it`;
  }
}

function rebuild(reference: FunctionReference, reason: string): AnyFunction {
  const [url] = reference.urls;
  let fn: AnyFunction;
  try {
    fn = evaluateSource(reference.text, url);
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const where = reason === "" ? "" : `${reason}, and `;
    throw notFound(
      reference,
      `${where}its source text does not stand alone (${what}); ${advice(reference)}`,
      error,
    );
  }
  markRebuilt(fn, reference, reason);
  return fn;
}
