/** What went wrong, in words that name the function, where it was looked for, and what to do. */

import { SerializationError } from "../errors.ts";
import { type FunctionReference, IDENTIFIER, quoted } from "./reference.ts";

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
  const message = `Cannot find ${quoted(reference)}: ${reason}`;
  return new SerializationError(message, reference.name, cause === undefined ? {} : { cause });
}

/** A thrown value within a message. */
export function failureText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** How to have a function found. */
export function advice({ kind, name }: FunctionReference): string {
  if (kind === "task") {
    return "call task() at the top level of the module, outside of if (import.meta.main)";
  }
  const spoken = IDENTIFIER.test(name) && name !== "default" ? name : "fn";
  const verb = name === "" ? "name and export it" : "export it";
  return `${verb}, or register it with task(import.meta, ${spoken})`;
}

/**
 * Says more about an error that a function threw, if the cause is that the function was made from
 * its source text, is a class, or calls a method of what was sent to it without its class.
 *
 * @param error What it threw or rejected with.
 * @param fn The function, as `resolveFunction()` gave it.
 * @returns `error` itself, or one of the same class and stack that says more and has `error` as
 * its cause.
 */
export function explainError(error: unknown, fn: object): unknown {
  try {
    return explained(error, fn);
  } catch {
    // It does not let itself be looked at.
    return error;
  }
}

function explained(error: unknown, fn: object): unknown {
  const lost = error instanceof TypeError
    ? calledClass(error, fn) ?? lostMethod(error, fn)
    : undefined;
  if (lost !== undefined) return retold(new TypeError(lost, { cause: error }), error as Error);
  const origin = rebuilt.get(fn);
  if (origin === undefined) return error;
  if (error instanceof ReferenceError) {
    const missing = missingName(error);
    if (missing === undefined || !mentions(origin.reference.text, missing)) return error;
    return retold(new ReferenceError(missingMessage(origin, missing), { cause: error }), error);
  }
  if (error instanceof TypeError && lacksThis(error) && mentions(origin.reference.text, "this")) {
    return retold(new TypeError(thisMessage(origin, error), { cause: error }), error);
  }
  return error;
}

function missingMessage(origin: Origin, missing: string): string {
  return `"${missing}" is not defined in ${quoted(origin.reference)}, ${circumstance(origin)}; ` +
    `${advice(origin.reference)}, or pass "${missing}" as an argument`;
}

function thisMessage(origin: Origin, error: Error): string {
  return `${error.message}: perhaps because "this" does not travel with ` +
    `${quoted(origin.reference)}, ${circumstance(origin)}; pass what it needs as an argument`;
}

/** The message for a class that was sent as if it were a function. */
function calledClass({ message }: TypeError, fn: object): string | undefined {
  if (typeof fn !== "function" || !/class constructor/i.test(message)) return undefined;
  if (!/^class\b/.test(Function.prototype.toString.call(fn))) return undefined;
  return `${message}: ${fn.name === "" ? "what was sent" : `"${fn.name}"`} is a class; ` +
    "call it in a function, and send that";
}

/** The message for a call of a method that the class of a parameter had, if it may be that. */
function lostMethod({ message }: TypeError, fn: object): string | undefined {
  const [, parameter] = /^([\w$]+)(?:\.[\w$]+)+ is not a function/.exec(message) ?? [];
  if (parameter === undefined || !parametersOf(fn).includes(parameter)) return undefined;
  return `${message}: of an object whose class is not a built-in one the fields cross, ` +
    `and the methods do not; make "${parameter}" an instance again where it is received`;
}

/** The words in the list of a function's parameters. */
function parametersOf(fn: object): string[] {
  if (typeof fn !== "function") return [];
  const text = Function.prototype.toString.call(fn);
  const [, list, single] =
    /^(?:async\b)?[^(=]*\(([^)]*)\)|^(?:async\s+)?([\w$]+)\s*=>/.exec(text) ?? [];
  return (list ?? single ?? "").split(/[^\w$]+/);
}

function circumstance({ reason }: Origin): string {
  return `which runs from its source text${reason === "" ? "" : ` because ${reason}`}`;
}

function missingName(error: ReferenceError): string | undefined {
  return /^(?:Can't find variable: )?(\S+?)(?: is not defined)?$/.exec(error.message)?.[1];
}

function lacksThis(error: TypeError): boolean {
  return /of undefined|undefined is not an object|undefined or null/.test(error.message);
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w$.])${name.replaceAll("$", "\\$")}(?![\\w$])`).test(text);
}

/** With the stack of the original: that is where it happened. */
function retold(said: Error, original: Error): Error {
  const stack = original.stack ?? "";
  const header = `${original.name}: ${original.message}`;
  const frames = stack.startsWith(header) ? stack.slice(header.length) : `\n${stack}`;
  said.stack = `${said.name}: ${said.message}${frames}`;
  return said;
}
