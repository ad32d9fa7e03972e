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

/** The function in a message. */
export function quoted(reference: { readonly name: string }): string {
  return reference.name === "" ? "the function without a name" : `function "${reference.name}"`;
}

/** What to write instead of `fn` in advice. */
export function spoken(reference: { readonly name: string }): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(reference.name) &&
      reference.name !== "default"
    ? reference.name
    : "fn";
}

/** The same for equal references. */
export function referenceKey(reference: FunctionReference): string {
  return JSON.stringify([
    reference.kind,
    reference.name,
    reference.urls,
    reference.ordinal,
    reference.named,
    reference.path,
    reference.text,
  ]);
}

/** `Function.prototype.toString`, also where a function overrides it. */
export function sourceText(fn: unknown): string {
  return Function.prototype.toString.call(fn);
}
