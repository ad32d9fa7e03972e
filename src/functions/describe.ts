/** From a function to what another process needs to find it. */

import { shown } from "../parking/checks.ts";
import { callerModules } from "./callsites.ts";
import { globalPath, isNativeText } from "./globals.ts";
import {
  functionName,
  type FunctionReference,
  quoted,
  referenceKey,
  sourceText,
} from "./reference.ts";
import { taskEntry } from "./tasks.ts";

// deno-lint-ignore ban-types
type AnyFunction = Function;

// Reading a source text and walking the stack cost 10-65 µs; a pool may be called as often.
const described = new WeakMap<object, FunctionReference>();
// `map((x) => …)` makes a new function at each call, but no new text.
const MAX_EQUALS = 1_000;
const equals = new Map<string, FunctionReference>();

/**
 * Describes a function for another process.
 *
 * Call it before the first `await` of a public function. The result is cached: the modules that
 * called when the function was first seen count.
 *
 * @param fn The function.
 * @param callers The modules to look in; by default those on the call stack.
 * @param main The program's main module, looked in last.
 * @throws {TypeError} if `fn` is not a function, is bound, or is native code that no global leads to.
 */
export function describeFunction(
  fn: unknown,
  callers?: readonly string[],
  main?: string,
): FunctionReference {
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot send function: expected a function, got ${shown(fn)}`);
  }
  return remembered(fn, () => {
    const blank = blankReference(fn);
    if (isNativeText(blank.text)) return nativeReference(fn, blank);
    const path = globalPath(fn, false);
    // A function without a name is no export, but written where it is passed: importing the caller
    // would run a module for nothing.
    if (blank.name === "") {
      const urls = refersToItsModule(blank.text) ? callers ?? callerModules() : [];
      return { ...blank, urls };
    }
    const urls = places(callers, main);
    return { ...blank, kind: urls.length === 0 ? "source" : "export", urls, path };
  });
}

/**
 * Describes a class for another process: like a function, but never by its source text alone,
 * because what it extends would not travel.
 *
 * @param constructor The class.
 * @param callers The modules to look in; by default those on the call stack.
 * @param main The program's main module, looked in last.
 * @throws {TypeError} if it is not a class.
 */
export function describeClass(
  constructor: unknown,
  callers?: readonly string[],
  main?: string,
): FunctionReference {
  if (typeof constructor !== "function") {
    throw new TypeError(`Cannot send class: expected a class, got ${shown(constructor)}`);
  }
  return remembered(constructor, () => {
    const blank = blankReference(constructor);
    return { ...blank, kind: "export", urls: places(callers, main) };
  });
}

/**
 * Remembers how a function came into this process, so that it can travel on: the text of one that
 * was made from its source text has changed a little.
 */
export function adopt(fn: object, reference: FunctionReference): void {
  if (!described.has(fn)) described.set(fn, reference);
}

function remembered(fn: AnyFunction, describe: () => FunctionReference): FunctionReference {
  const known = described.get(fn);
  const entry = taskEntry(fn);
  // task() may have come after the first use.
  if (known !== undefined && (known.kind === "task" || entry === undefined)) return known;
  const fresh: FunctionReference = entry === undefined ? describe() : {
    ...blankReference(fn),
    kind: "task",
    name: entry.name,
    urls: [entry.url],
    ordinal: entry.ordinal,
    named: entry.named,
  };
  const reference = onePerText(fresh);
  described.set(fn, reference);
  return reference;
}

function onePerText(fresh: FunctionReference): FunctionReference {
  const key = referenceKey(fresh);
  const known = equals.get(key);
  if (known !== undefined) return known;
  const reference = Object.freeze(fresh);
  equals.set(key, reference);
  const [oldest] = equals.keys();
  if (equals.size > MAX_EQUALS && oldest !== undefined) equals.delete(oldest);
  return reference;
}

function blankReference(fn: AnyFunction): FunctionReference {
  const name = functionName(fn);
  const text = sourceText(fn);
  return { kind: "source", name, text, urls: [], ordinal: 0, named: false, path: "" };
}

function nativeReference(fn: AnyFunction, blank: FunctionReference): FunctionReference {
  const path = globalPath(fn, true);
  if (path !== "") return { ...blank, kind: "global", path };
  const reason = blank.name.startsWith("bound ")
    ? "a bound function does not say what it is bound to; send the function itself, " +
      "and what it is bound to as an argument"
    : "it is native code, and no global leads to it; call it in an exported function of your own";
  throw new TypeError(`Cannot send ${quoted(blank)}: ${reason}`);
}

function places(callers: readonly string[] | undefined, main: string | undefined): string[] {
  const urls = [...callers ?? callerModules()];
  if (main !== undefined && !urls.includes(main)) urls.push(main);
  return urls;
}

function refersToItsModule(text: string): boolean {
  return /\bimport\s*[.(]/.test(text);
}
