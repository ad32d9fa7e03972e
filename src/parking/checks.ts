/** What is wrong with what a caller has passed, in words. */

/** A value in a message: text in quotes, numbers as they are written, of objects their kind. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" && value !== null
    ? Object.prototype.toString.call(value)
    : String(value);
}

/**
 * Checks what holds options.
 *
 * @throws {TypeError} if it is no object.
 */
export function checkOptions(act: string, options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  throw new TypeError(`Cannot ${act}: options must be an object, got ${shown(options)}`);
}

/**
 * Checks the arguments of a call.
 *
 * @throws {TypeError} if they are not in an array.
 */
export function checkArgs<A>(act: string, what: string, value: A): A {
  if (Array.isArray(value)) return value;
  throw new TypeError(`Cannot ${act}: ${what} must be an array, got ${shown(value)}`);
}

/**
 * Checks what will be gone through.
 *
 * @throws {TypeError} if it is not iterable.
 */
export function checkIterable(act: string, what: string, value: unknown): void {
  if (
    typeof (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] ===
      "function"
  ) return;
  throw new TypeError(`Cannot ${act}: ${what} must be iterable, got ${shown(value)}`);
}

/**
 * Checks a text.
 *
 * @throws {TypeError} if it is none.
 */
export function checkText(act: string, what: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError(`Cannot ${act}: ${what} must be a string, got ${shown(value)}`);
}

/**
 * Checks what aborts.
 *
 * @throws {TypeError} if it is there, and no `AbortSignal`.
 */
export function checkSignal(act: string, signal: unknown): void {
  if (signal === undefined || signal === null) return;
  const { throwIfAborted, addEventListener } = signal as Partial<AbortSignal>;
  if (typeof throwIfAborted === "function" && typeof addEventListener === "function") return;
  throw new TypeError(`Cannot ${act}: signal must be an AbortSignal, got ${shown(signal)}`);
}
