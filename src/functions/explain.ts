/** What went wrong, in words that name the function, where it was looked for, and what to do. */

import { SerializationError } from "../errors.ts";
import { type FunctionReference, quoted, spoken } from "./reference.ts";

interface Origin {
  readonly reference: FunctionReference;
  /** Why it was not found in a module, as a clause; `""` when nobody looked. */
  readonly reason: string;
}

const rebuilt = new WeakMap<object, Origin>();

/** Remembers that a function was made from its source text. */
export function markRebuilt(fn: object, reference: FunctionReference, reason: string): void {
  rebuilt.set(fn, { reference, reason });
}

/** A function that cannot be had in this process. */
export function notFound(
  reference: FunctionReference,
  reason: string,
  cause?: unknown,
): SerializationError {
  return new SerializationError(`Cannot find ${quoted(reference)}: ${reason}`, reference.name, {
    cause,
  });
}

/**
 * Says more about an error that a function threw, if it came from the function's having been
 * rebuilt from its source text.
 *
 * @param error What it threw or rejected with.
 * @param fn The function, as `resolveFunction()` gave it.
 * @returns `error` itself, or one of the same class that says more and has `error` as its cause.
 */
export function explainError(error: unknown, fn: object): unknown {
  const origin = rebuilt.get(fn);
  if (origin === undefined || !(error instanceof Error)) return error;
  const missing = error instanceof ReferenceError ? missingName(error) : undefined;
  if (missing !== undefined && mentions(origin.reference.text, missing)) {
    return better(new ReferenceError(missingMessage(origin, missing), { cause: error }), error);
  }
  if (
    error instanceof TypeError && / of undefined|is not an object/.test(error.message) &&
    mentions(origin.reference.text, "this|super")
  ) {
    return better(new TypeError(thisMessage(origin, error), { cause: error }), error);
  }
  return error;
}

/** How to have a function found. */
export function advice(reference: FunctionReference): string {
  return `export it, or register it with task(import.meta, ${spoken(reference)})`;
}

function missingMessage(origin: Origin, missing: string): string {
  return `${missing} is not defined in ${quoted(origin.reference)}, ${circumstance(origin)}; ` +
    `${advice(origin.reference)}, or pass "${missing}" as an argument`;
}

function thisMessage(origin: Origin, error: Error): string {
  return `${error.message}: "this" does not travel with ${quoted(origin.reference)}, ` +
    `${circumstance(origin)}; pass what it needs as an argument`;
}

function circumstance({ reason }: Origin): string {
  return `which runs from its source text${reason === "" ? "" : ` because ${reason}`}`;
}

function missingName(error: ReferenceError): string | undefined {
  return /^(?:Can't find variable: )?(\S+?)(?: is not defined)?$/.exec(error.message)?.[1];
}

function mentions(text: string, name: string): boolean {
  const escaped = name.replaceAll("$", "\\$");
  return new RegExp(`(?<![\\w$.])(?:${escaped})(?![\\w$])`).test(text);
}

function better(said: Error, error: Error): Error {
  const frames = /^\s+at .*|^.*@.*/m.exec(error.stack ?? "");
  if (frames !== null) {
    said.stack = `${said.name}: ${said.message}\n${(error.stack ?? "").slice(frames.index)}`;
  }
  return said;
}
