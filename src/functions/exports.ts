/** A function among what a module exports. */

import type { ModuleExports } from "./importing.ts";
import { functionName, type FunctionReference, sourceText } from "./reference.ts";

/** What a search ended in. */
export type Found =
  // deno-lint-ignore ban-types
  | { readonly state: "found"; readonly fn: Function }
  | { readonly state: "missing" }
  /** A function is exported by that name, but reads differently. */
  | { readonly state: "different" }
  /** Several functions have that name and that text. */
  | { readonly state: "ambiguous" };

const MISSING: Found = Object.freeze({ state: "missing" });
const DIFFERENT: Found = Object.freeze({ state: "different" });
const AMBIGUOUS: Found = Object.freeze({ state: "ambiguous" });

// A namespace, an object or class in it, its prototype, a method.
const MAX_DEPTH = 3;
// Somebody exports a table of a million rows. 5,000 values take 3 ms.
const MAX_VALUES = 5_000;

/**
 * Looks for a function: under its own name, then under any other, then among the methods of
 * exported objects and classes.
 */
export function findExport(exports: ModuleExports, reference: FunctionReference): Found {
  const { name, text } = reference;
  const direct = Object.hasOwn(exports, name) ? exports[name] : undefined;
  if (isTheOne(direct, text)) return { state: "found", fn: direct };
  // deno-lint-ignore ban-types
  const matches = new Set<Function>();
  for (const value of reachable(exports)) {
    if (functionName(value) === name && isTheOne(value, text)) matches.add(value);
  }
  const [fn] = matches;
  if (fn === undefined) return typeof direct === "function" ? DIFFERENT : MISSING;
  return matches.size === 1 ? { state: "found", fn } : AMBIGUOUS;
}

// deno-lint-ignore ban-types
function isTheOne(value: unknown, text: string): value is Function {
  return typeof value === "function" && sourceText(value) === text;
}

// deno-lint-ignore ban-types
function* reachable(exports: ModuleExports): Generator<Function> {
  const seen = new Set<object>([exports]);
  let level: object[] = [exports];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const next: object[] = [];
    for (const object of level) {
      for (const value of ownObjects(object)) {
        if (seen.has(value)) continue;
        if (seen.size >= MAX_VALUES) return;
        seen.add(value);
        next.push(value);
        if (typeof value === "function") yield value;
      }
    }
    level = next;
  }
}

/** The objects and functions that an object holds, without calling a getter. */
function* ownObjects(object: object): Generator<object> {
  if (ArrayBuffer.isView(object)) return;
  if (Array.isArray(object) && object.length > MAX_VALUES) return;
  for (const key of Reflect.ownKeys(object)) {
    let value: unknown;
    try {
      const descriptor = Reflect.getOwnPropertyDescriptor(object, key);
      value = descriptor?.value;
    } catch {
      // A binding of a module that failed, or a proxy with a mind of its own.
      continue;
    }
    if ((typeof value === "object" && value !== null) || typeof value === "function") yield value;
  }
}
