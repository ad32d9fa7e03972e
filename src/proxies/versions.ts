/**
 * Atomic updates by a function of the caller's: it gets the value with its version, and what it makes of it is
 * taken only if the version is still the same; if not, the answer brings the newer one, and it is called again.
 */
import { ask, askSync } from "./operations.ts";
import { seal } from "./sealed.ts";

/** A value, and what tells it from what was there before. */
type Versioned = readonly [version: number, value: unknown];

/**
 * Updates a value.
 *
 * @param proxy What holds it.
 * @param path Where it is, as the arguments of `read` and the first of `replace`.
 * @param change Makes the new value.
 */
export async function update(
  proxy: object,
  path: readonly unknown[],
  change: (value: never) => unknown,
): Promise<unknown> {
  let seen = await ask(proxy, "read", () => path) as Versioned;
  for (;;) {
    const value = await change(seen[1] as never);
    const now = await ask(proxy, "replace", () => [...path, seen[0], seal(value)]);
    if (now === true) return value;
    seen = now as Versioned;
  }
}

/** Updates a value, and blocks this thread. */
export function updateSync(
  proxy: object,
  path: readonly unknown[],
  change: (value: never) => unknown,
): unknown {
  let seen = askSync(proxy, "read", path) as Versioned;
  for (;;) {
    const value = change(seen[1] as never);
    const now = askSync(proxy, "replace", [...path, seen[0], seal(value)]);
    if (now === true) return value;
    seen = now as Versioned;
  }
}
