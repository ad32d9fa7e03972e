/** The functions that were registered where they are defined. */

import { oneState } from "../runtime/one_state.ts";
import { functionName, sourceText } from "./reference.ts";

/** How a registered function is found again. */
export interface TaskEntry {
  /** The module that registered it. */
  readonly url: string;
  /** The name given, or the function's own. */
  readonly name: string;
  /** Whether the name was given. */
  readonly named: boolean;
  /** Its source text. */
  readonly text: string;
  /** Which of those that are called or read alike in this module. */
  readonly ordinal: number;
}

// A task() inside a function that runs for ever would otherwise keep every closure it made.
const MAX_ALIKE = 1_000;

const { entries, alike } = oneState("tasks 1", () => ({
  entries: new WeakMap<object, TaskEntry>(),
  alike: new Map<string, { count: number; readonly functions: object[] }>(),
}));

/**
 * Registers a function where it is defined, so that other processes find it, exported or not.
 *
 * Call it while the module is evaluated, outside of `if (import.meta.main)`: the other process
 * imports the module and expects the same calls of `task()` there. Registering a function again
 * changes nothing.
 *
 * @param meta The module's `import.meta`.
 * @param fn The function.
 * @param name Finds it by this name instead of by its source text: needed only where the text
 * differs between processes (two runtimes, instrumented code).
 * @returns `fn` itself.
 * @throws {TypeError} if `meta` has no `url` or `fn` is not a function.
 *
 * @example
 * ```ts
 * import { Pool, task } from "@x/mp";
 *
 * const double = task(import.meta, (n: number): number => 2 * n); // not exported
 *
 * if (import.meta.main) {
 *   await using pool = new Pool(2);
 *   console.log(await pool.map(double, [1, 2, 3])); // [ 2, 4, 6 ]
 * }
 * ```
 */
// deno-lint-ignore ban-types
export function task<F extends Function>(
  meta: { readonly url: string },
  fn: F,
  name?: string,
): F {
  if (typeof meta?.url !== "string") {
    throw new TypeError("Cannot register task: the first argument must be import.meta");
  }
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot register task: expected a function, got ${typeof fn}`);
  }
  if (entries.has(fn)) return fn;
  const text = sourceText(fn);
  const group = groupOf(meta.url, name !== undefined, name ?? text);
  entries.set(fn, {
    url: meta.url,
    name: name ?? functionName(fn),
    named: name !== undefined,
    text,
    ordinal: group.count,
  });
  group.count += 1;
  if (group.functions.length < MAX_ALIKE) group.functions.push(fn);
  return fn;
}

/** How a registered function is found again; `undefined` when it was never registered. */
export function taskEntry(fn: object): TaskEntry | undefined {
  return entries.get(fn);
}

/** The registered function, in a process whose module has been evaluated. */
// deno-lint-ignore ban-types
export function findTask(entry: TaskEntry): Function | undefined {
  const group = groupOf(entry.url, entry.named, entry.named ? entry.name : entry.text);
  // deno-lint-ignore ban-types
  return group.functions[entry.ordinal] as Function | undefined;
}

function groupOf(
  url: string,
  named: boolean,
  label: string,
): { count: number; functions: object[] } {
  const key = `${url}\n${named}\n${label}`;
  let group = alike.get(key);
  if (group === undefined) alike.set(key, group = { count: 0, functions: [] });
  return group;
}
