/** What can be sent of an error that cannot be sent as a whole. */

/** How many causes of causes are looked at: they may form a ring. */
const MAX_DEPTH = 8;

/**
 * An error that says what `thrown` says, as far as that can be sent: the fields that cannot are left out.
 *
 * @param canSend Whether a value can be sent.
 */
export function sendablePart(
  thrown: unknown,
  canSend: (value: unknown) => boolean,
  depth: number = MAX_DEPTH,
): Error {
  if (!(thrown instanceof Error)) return new Error(described(thrown));
  const part = new Error(thrown.message);
  // The nearest built-in class is what is sent.
  if (!(thrown instanceof DOMException)) Object.setPrototypeOf(part, Object.getPrototypeOf(thrown));
  define(part, "name", thrown.name);
  define(part, "stack", thrown.stack);
  for (const key of Object.keys(thrown)) {
    const value = readField(thrown, key);
    if (canSend(value)) define(part, key, value, true);
  }
  if (Object.hasOwn(thrown, "cause")) {
    define(part, "cause", reduced(thrown.cause, canSend, depth));
  }
  if (thrown instanceof AggregateError && Array.isArray(thrown.errors)) {
    define(part, "errors", thrown.errors.map((error) => reduced(error, canSend, depth)));
  }
  return part;
}

function reduced(error: unknown, canSend: (value: unknown) => boolean, depth: number): unknown {
  if (canSend(error)) return error;
  return depth > 0 ? sendablePart(error, canSend, depth - 1) : undefined;
}

function readField(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}

function described(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
