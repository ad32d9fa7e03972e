/** Where in this process a function is, if it is anywhere. */

import { failureText, notFound } from "./explain.ts";
import { findExport, type Found } from "./exports.ts";
import { atGlobalPath } from "./globals.ts";
import { importModule, loadedModules, type Lookup, type ModuleExports } from "./importing.ts";
import { type FunctionReference, shortUrl, sourceText } from "./reference.ts";
import { findTask, type TaskEntry } from "./tasks.ts";

/** Where a function is, or why it is nowhere, as a clause that may be empty. */
export type Place =
  // deno-lint-ignore ban-types
  | { readonly state: "found"; readonly fn: Function }
  | { readonly state: "nowhere"; readonly reason: string };

/**
 * Looks for a function, in the order of this folder's README.
 *
 * @throws {SerializationError} if the module that should have it cannot be imported.
 */
export async function locate(reference: FunctionReference, lookup: Lookup): Promise<Place> {
  const inherent = atGlobalPath(reference.path);
  if (isTheGlobal(inherent, reference)) return { state: "found", fn: inherent };
  switch (reference.kind) {
    case "global":
      throw notFound(reference, `there is no ${reference.path} in this process`);
    case "source":
      return { state: "nowhere", reason: "" };
    case "task":
      return await locateTask(reference, lookup);
    case "export":
      return await locateExport(reference, lookup);
  }
}

// deno-lint-ignore ban-types
function isTheGlobal(value: unknown, { kind, text }: FunctionReference): value is Function {
  return typeof value === "function" && (kind === "global" || sourceText(value) === text);
}

async function locateTask(reference: FunctionReference, lookup: Lookup): Promise<Place> {
  const [url = ""] = reference.urls;
  const entry: TaskEntry = { ...reference, url };
  // In a program that is one file, the module that registers is the one that is running.
  let fn = findTask(entry);
  if (fn !== undefined) return { state: "found", fn };
  const module = await tryImport(url, lookup);
  if (module.state === "failed") throw importFailed(reference, url, module.error);
  fn = findTask(entry);
  if (fn !== undefined) return { state: "found", fn };
  const reason = module.state === "absent"
    ? absence(url)
    : `${shortUrl(url)} does not register it while it is evaluated`;
  return { state: "nowhere", reason };
}

async function locateExport(reference: FunctionReference, lookup: Lookup): Promise<Place> {
  const reasons: string[] = [];
  const searched = new Set<string>();
  for (const [index, url] of reference.urls.entries()) {
    if (searched.has(url)) continue;
    const module = await tryImport(url, lookup);
    if (module.state === "absent") {
      reasons.push(absence(url));
    } else if (module.state === "failed") {
      // The nearest caller is where the function ought to be; the others are guesses.
      if (index === 0) throw importFailed(reference, url, module.error);
      reasons.push(`${shortUrl(url)} threw ${failureText(module.error)}`);
    } else {
      searched.add(url);
      const found = findExport(module.exports, reference);
      if (found.state === "found") return found;
      reasons.push(`${shortUrl(url)} ${CLAUSES[found.state]}`);
      const elsewhere = await searchLoaded(reference, lookup, searched);
      if (elsewhere.state === "found") return elsewhere;
      if (elsewhere.state === "ambiguous") reasons.push("several modules that it loads export one");
    }
  }
  return { state: "nowhere", reason: reasons.join(", and ") };
}

const CLAUSES = {
  missing: "does not export it",
  different: "exports another one by that name, or the file has changed meanwhile",
  ambiguous: "exports several that read the same",
} as const;

/** The caller may have imported the function from a module, which then is loaded by now. */
async function searchLoaded(
  reference: FunctionReference,
  lookup: Lookup,
  searched: Set<string>,
): Promise<Found> {
  let best: Found = { state: "missing" };
  for (const [url, exports] of await loadedModules(lookup)) {
    if (searched.has(url)) continue;
    searched.add(url);
    const found = findExport(exports, reference);
    if (found.state === "ambiguous") return found;
    if (found.state !== "found") continue;
    if (best.state === "found" && best.fn !== found.fn) return { state: "ambiguous" };
    best = found;
  }
  return best;
}

type Imported =
  | { readonly state: "imported"; readonly exports: ModuleExports }
  | { readonly state: "absent" }
  | { readonly state: "failed"; readonly error: unknown };

async function tryImport(url: string, lookup: Lookup): Promise<Imported> {
  try {
    return { state: "imported", exports: await importModule(url, lookup) };
  } catch (error) {
    return isAbsent(error, url) ? { state: "absent" } : { state: "failed", error };
  }
}

/** Whether it is this module that is not there, and not one that it imports. */
function isAbsent(error: unknown, url: string): boolean {
  if (!(error instanceof Error)) return false;
  const [, what] = /(?:cannot find module|module not found)[\s:]*["'](.+?)["']/i
    .exec(error.message) ?? [];
  return what !== undefined && (what === url || what === decodeURIComponent(new URL(url).pathname));
}

function absence(url: string): string {
  return `there is no module ${shortUrl(url)} to import`;
}

function importFailed(reference: FunctionReference, url: string, error: unknown): Error {
  return notFound(
    reference,
    `${shortUrl(url)} threw ${failureText(error)} while it was imported to look there; ` +
      "move the function to a module that other processes can import",
    error,
  );
}
