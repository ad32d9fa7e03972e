/** A function as it crosses to another process: plain data, and how messages speak of it. */

/** Where the other process looks first. */
export type ReferenceKind = "task" | "export" | "source" | "global";

/** A function as plain data; frozen, and the same object for the same function. */
export interface FunctionReference {
  /** Where the other process looks first. */
  readonly kind: ReferenceKind;
  /** The function's name; the name given to `task()`; or `""`. */
  readonly name: string;
  /** Its source text: the proof that what was found is what was meant. */
  readonly text: string;
  /** The modules to look in, most likely first. */
  readonly urls: readonly string[];
  /** A task: which of the tasks of this module with the same name or text; else 0. */
  readonly ordinal: number;
  /** A task: whether its name was given, and then counts instead of its text. */
  readonly named: boolean;
  /** The way to it from `globalThis`, as in `"Math.sqrt"`, or `""`. */
  readonly path: string;
}

/** What can stand in a program as a name. */
export const IDENTIFIER: RegExp = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The same for equal references. */
export function referenceKey(reference: FunctionReference): string {
  const { kind, name, text, urls, ordinal, named, path } = reference;
  return JSON.stringify([kind, name, urls, ordinal, named, path, text]);
}

/** The function in a message. */
export function quoted({ name, text }: { readonly name: string; readonly text: string }): string {
  const what = /^class\b/.test(text) ? "class" : "function";
  if (name !== "" && name !== "default") return `${what} "${name}"`;
  const line = text.replace(/\s+/g, " ");
  return `${what} "${line.length > 60 ? `${line.slice(0, 59)}…` : line}"`;
}

/** A URL in a message: `data:` URLs hold whole modules. */
export function shortUrl(url: string): string {
  return url.length > 200 ? `${url.slice(0, 199)}…` : url;
}

/** The source text, also of a function that has a `toString` of its own. */
export function sourceText(fn: unknown): string {
  return Function.prototype.toString.call(fn);
}

/** The name that the language gave; a class may have a static `name` that is something else. */
export function functionName(fn: object): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, "name")?.value;
  return typeof name === "string" ? name : "";
}
