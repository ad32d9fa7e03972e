/** From a function to what another process needs to find it. */

import { callerModules } from "./callsites.ts";
import { globalPath, isNativeText } from "./globals.ts";
import { type FunctionReference, quoted, sourceText } from "./reference.ts";
import { taskEntry } from "./tasks.ts";

// Reading a source text and walking the stack cost 10-50 µs; a pool's map may be called as often.
const described = new WeakMap<object, FunctionReference>();

/**
 * Describes a function for another process.
 *
 * Call it before the first `await` of a public function. The result is cached: the modules that
 * called when the function was first seen count.
 *
 * @param fn The function.
 * @param callers The modules to look in; by default those on the call stack.
 * @throws {TypeError} if `fn` is not a function, is bound, or is native code that no global leads to.
 */
export function describeFunction(fn: unknown, callers?: readonly string[]): FunctionReference {
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot send function: expected a function, got ${shown(fn)}`);
  }
  const known = described.get(fn);
  // task() may have come after the first use.
  if (known !== undefined && (known.kind === "task" || taskEntry(fn) === undefined)) return known;
  const reference = Object.freeze(describe(fn, callers));
  described.set(fn, reference);
  return reference;
}

/**
 * Describes a class for another process: like a function, but never by its source text alone,
 * because what it extends would not travel.
 *
 * @param constructor The class.
 * @param callers The modules to look in; by default those on the call stack.
 * @throws {TypeError} if it is not a class.
 */
export function describeClass(
  constructor: unknown,
  callers?: readonly string[],
): FunctionReference {
  if (typeof constructor !== "function") {
    throw new TypeError(`Cannot send class: expected a class, got ${shown(constructor)}`);
  }
  const reference = describeFunction(constructor, callers);
  if (reference.kind !== "source") return reference;
  const urls = callers ?? callerModules();
  return Object.freeze({ ...reference, kind: "export", urls });
}

// deno-lint-ignore ban-types
function describe(fn: Function, callers: readonly string[] | undefined): FunctionReference {
  const text = sourceText(fn);
  const name = typeof fn.name === "string" ? fn.name : "";
  const blank = {
    kind: "source",
    name,
    text,
    urls: [],
    ordinal: 0,
    named: false,
    path: "",
  } as const;
  const entry = taskEntry(fn);
  if (entry !== undefined) {
    const { ordinal, named } = entry;
    return { ...blank, kind: "task", name: entry.name, urls: [entry.url], ordinal, named };
  }
  const native = isNativeText(text);
  const path = globalPath(fn, native);
  if (native) {
    if (path !== "") return { ...blank, kind: "global", path };
    throw new TypeError(`Cannot send ${quoted({ name })}: ${nativeAdvice(name)}`);
  }
  // A function without a name is no export, but written where it is passed: importing the caller
  // would run a module for nothing.
  if (name === "") return { ...blank, path };
  const urls = callers ?? callerModules();
  return { ...blank, kind: urls.length === 0 ? "source" : "export", urls, path };
}

function nativeAdvice(name: string): string {
  return name.startsWith("bound ")
    ? "a bound function does not say what it is bound to; send the function itself, " +
      "and what it is bound to as an argument"
    : "it is native code, and no global leads to it; call it in an exported function of your own";
}

function shown(value: unknown): string {
  return typeof value === "string"
    ? JSON.stringify(value)
    : `${
      typeof value === "object" && value !== null
        ? Object.prototype.toString.call(value)
        : String(value)
    }`;
}
