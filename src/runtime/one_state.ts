/** State that all copies of this package in a process share. */

/**
 * The one state of this name in this process.
 *
 * A bundled program holds a copy of this package, and a child's entry, never bundled, another:
 * what the program registers, the entry must see.
 *
 * @param name Ends in a number that changes with the shape of the state.
 */
export function oneState<T extends object>(name: string, make: () => T): T {
  const key = Symbol.for(`@x/mp ${name}`);
  const slots = globalThis as Record<symbol, T | undefined>;
  let state = slots[key];
  if (state === undefined) Object.defineProperty(globalThis, key, { value: state = make() });
  return state;
}
