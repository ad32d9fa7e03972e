/** A function from nothing but its source text. */

import { SOURCE_SUFFIX } from "./location.ts";

/**
 * Evaluates the text of a function, method or class in strict mode and global scope.
 *
 * @param text What `toString()` gave.
 * @param url The module that its relative imports and `import.meta` refer to, if known.
 * @throws what the engine throws: `SyntaxError` for texts that only mean something where they
 * stood, `ReferenceError` for a class that extends what is not here.
 */
// deno-lint-ignore ban-types
export function evaluateSource(text: string, url: string | undefined): Function {
  const body = url === undefined ? text : relocate(text, url);
  const scope = standIns(text, url);
  const value = asExpression(body, scope, url) ?? asMethod(body, scope, url);
  if (typeof value !== "function") throw new SyntaxError("it is not the text of a function");
  return value;
}

type Scope = ReadonlyMap<string, unknown>;

function asExpression(body: string, scope: Scope, url: string | undefined): unknown {
  try {
    return evaluate(`(${body}\n)`, scope, url);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `{ name() {} }` and its async, generator and computed kin. */
function asMethod(body: string, scope: Scope, url: string | undefined): unknown {
  const object = evaluate(`({${body}\n})`, scope, url) as object;
  const [key] = Reflect.ownKeys(object);
  const descriptor = key === undefined ? undefined : Reflect.getOwnPropertyDescriptor(object, key);
  if (descriptor !== undefined && !("value" in descriptor)) {
    throw new SyntaxError("it is a getter or setter");
  }
  return descriptor?.value;
}

function evaluate(expression: string, scope: Scope, url: string | undefined): unknown {
  const comment = url === undefined ? "" : `\n//# sourceURL=${url}${SOURCE_SUFFIX}`;
  const make = new Function(...scope.keys(), `"use strict"; return ${expression};${comment}`);
  return make(...scope.values());
}

/** Relative imports would otherwise be relative to this file of ours. */
function relocate(text: string, url: string): string {
  return text
    .replace(
      /\bimport\s*\(\s*(["'])(\.{1,2}\/[^"'\\]*)\1/g,
      (whole, _quote: string, specifier: string) =>
        URL.canParse(specifier, url)
          ? `import(${JSON.stringify(new URL(specifier, url).href)}`
          : whole,
    )
    .replace(/\bimport\s*\.\s*meta\b/g, "__import_meta");
}

/** What tools write into functions and then expect around them. */
function standIns(text: string, url: string | undefined): Scope {
  const scope = new Map<string, unknown>([["__name", keepName]]);
  if (url !== undefined) scope.set("__import_meta", metaOf(url));
  for (const [counter] of text.matchAll(/\bcov_[a-z0-9]+\b/g)) scope.set(counter, inert());
  return scope;
}

function metaOf(url: string): object {
  if (!url.startsWith("file:")) return Object.freeze({ url, main: false });
  const filename = decodeURIComponent(new URL(url).pathname);
  const dirname = filename.slice(0, filename.lastIndexOf("/"));
  return Object.freeze({ url, main: false, filename, dirname });
}

/** esbuild's `keepNames`. */
function keepName(fn: object, value: string): object {
  return Object.defineProperty(fn, "name", { value, configurable: true });
}

/** istanbul's counters: `cov_1x2y().s[3]++`. */
function inert(): unknown {
  const counter: unknown = new Proxy(() => counter, {
    get: (_target, key) => key === Symbol.toPrimitive ? () => 0 : counter,
    set: () => true,
  });
  return counter;
}
