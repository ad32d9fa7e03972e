/** Functions that every process has already: `Math.sqrt`, `parseInt`, `console.log`. */

import { functionName, IDENTIFIER } from "./reference.ts";

// deno-lint-ignore ban-types
type AnyFunction = Function;

const USUAL_HOLDERS = ["Math", "console", "JSON", "Number", "String", "Object", "Array"] as const;

/** Whether this is the text of a function that has no JavaScript source. */
export function isNativeText(text: string): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(text);
}

/**
 * The way to a function from `globalThis`, as in `"Math.sqrt"` or `"String.prototype.trim"`.
 *
 * @param thorough Look everywhere: makes runtimes load what they load lazily, 30-45 ms once.
 * @returns `""` when no global leads to it.
 */
export function globalPath(fn: AnyFunction, thorough: boolean): string {
  const name = functionName(fn);
  // This may call a getter, but only one of the function's own name.
  if (name !== "" && (globalThis as Record<string, unknown>)[name] === fn) return name;
  for (const holder of USUAL_HOLDERS) {
    if (valueAt(valueAt(globalThis, holder), name) === fn) return `${holder}.${name}`;
  }
  return thorough ? walk(fn) : "";
}

function walk(fn: AnyFunction): string {
  for (const [name, value] of ownValues(globalThis)) {
    if (value === fn) return name;
    if (!isObject(value) || value === globalThis) continue;
    for (const [key, inner] of ownValues(value)) {
      if (inner === fn) return `${name}.${key}`;
      if (key !== "prototype" || !isObject(inner)) continue;
      for (const [method, outer] of ownValues(inner)) {
        if (outer === fn) return `${name}.prototype.${method}`;
      }
    }
  }
  return "";
}

/** An own value, without calling a getter: some of them warn, or load half a runtime. */
function valueAt(object: unknown, key: string): unknown {
  return isObject(object) ? Object.getOwnPropertyDescriptor(object, key)?.value : undefined;
}

/** What lies at the end of a path from `globalThis`; `undefined` for no path. */
export function atGlobalPath(path: string): unknown {
  if (path === "") return undefined;
  let value: unknown = globalThis;
  for (const key of path.split(".")) {
    if (!isObject(value)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function* ownValues(object: object): Generator<[string, unknown]> {
  for (const key of Object.getOwnPropertyNames(object)) {
    if (!IDENTIFIER.test(key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    if (descriptor !== undefined && "value" in descriptor) yield [key, descriptor.value];
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
