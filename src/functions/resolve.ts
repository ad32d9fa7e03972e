/** From a reference to the function, in the process that is to call it. */

import { adopt } from "./describe.ts";
import { advice, failureText, markRebuilt, notFound } from "./explain.ts";
import type { Lookup } from "./importing.ts";
import { locate } from "./locate.ts";
import { type FunctionReference, referenceKey } from "./reference.ts";
import { evaluateSource } from "./source.ts";

// deno-lint-ignore ban-types
type AnyFunction = Function;

// A program that makes functions of new texts for ever must not fill its workers.
const MAX_RESOLVED = 1_000;
const resolved = new Map<string, Promise<AnyFunction>>();

/**
 * Finds a function in this process, or makes it from its source text.
 *
 * Modules are imported once. Equal references give the same function.
 *
 * @throws {SerializationError} naming the function, where it was looked for, and the fix.
 */
export function resolveFunction(
  reference: FunctionReference,
  lookup: Lookup,
): Promise<AnyFunction> {
  return once("function", reference, async () => {
    const place = await locate(reference, lookup);
    return place.state === "found" ? place.fn : rebuild(reference, place.reason);
  });
}

/**
 * Finds a class in this process; it is never made from its source text.
 *
 * @throws {SerializationError} naming the class, where it was looked for, and the fix.
 */
export function resolveClass(reference: FunctionReference, lookup: Lookup): Promise<AnyFunction> {
  return once("class", reference, async () => {
    const place = await locate(reference, lookup);
    if (place.state === "found") return place.fn;
    throw notFound(
      reference,
      `${place.reason || "nobody knows its module"}; ${advice(reference)}`,
    );
  });
}

function once(
  as: "function" | "class",
  reference: FunctionReference,
  find: () => Promise<AnyFunction>,
): Promise<AnyFunction> {
  const key = `${as} ${referenceKey(reference)}`;
  let promise = resolved.get(key);
  if (promise === undefined) {
    resolved.set(key, promise = find());
    promise.then((fn) => adopt(fn, reference), () => resolved.delete(key));
    const [oldest] = resolved.keys();
    if (resolved.size > MAX_RESOLVED && oldest !== undefined) resolved.delete(oldest);
  }
  return promise;
}

function rebuild(reference: FunctionReference, reason: string): AnyFunction {
  const [url] = reference.urls;
  try {
    const fn = evaluateSource(reference.text, url);
    markRebuilt(fn, reference, reason);
    return fn;
  } catch (error) {
    const where = reason === "" ? "" : `${reason}, and `;
    throw notFound(
      reference,
      `${where}its source text does not stand alone (${failureText(error)}); ${advice(reference)}`,
      error,
    );
  }
}
