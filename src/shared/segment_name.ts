/** The names of shared memory. */

const LONGEST = 200;

/**
 * A name that was given.
 *
 * @throws {TypeError} if it is no string.
 * @throws {RangeError} if it is none that all systems take.
 */
export function checkName(act: string, name: unknown): string {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot ${act}: name must be a string, got ${typeof name}`);
  }
  if (name.length <= LONGEST && /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) return name;
  throw new RangeError(
    `Cannot ${act}: name must be 1 to ${LONGEST} letters, digits, "_", "-" or "." ` +
      `(not "-" or "." at its start), got ${JSON.stringify(name)}`,
  );
}

/** A name that nobody has. */
export function uniqueName(): string {
  return `x-mp.${crypto.randomUUID()}`;
}
