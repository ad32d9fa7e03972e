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
  if (!isError(thrown)) return new Error(described(thrown));
  const part = new Error(textField(thrown, "message"));
  // The nearest built-in class is what is sent.
  if (!(thrown instanceof DOMException)) Object.setPrototypeOf(part, Object.getPrototypeOf(thrown));
  define(part, "name", textField(thrown, "name"));
  define(part, "stack", textField(thrown, "stack"));
  for (const key of Object.keys(thrown)) {
    const value = readField(thrown, key);
    if (canSend(value)) define(part, key, value, true);
  }
  if (Object.hasOwn(thrown, "cause")) {
    define(part, "cause", reduced(readField(thrown, "cause"), canSend, depth));
  }
  const errors = thrown instanceof AggregateError ? readField(thrown, "errors") : undefined;
  if (Array.isArray(errors)) {
    define(part, "errors", errors.map((error) => reduced(error, canSend, depth)));
  }
  return part;
}

function reduced(error: unknown, canSend: (value: unknown) => boolean, depth: number): unknown {
  if (canSend(error)) return error;
  return depth > 0 ? sendablePart(error, canSend, depth - 1) : undefined;
}

/** Also of a proxy that does not let itself be asked. */
function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

/** A field that is a text in every error; `""` if it cannot be read. */
function textField(error: Error, key: "message" | "name" | "stack"): string {
  const value = readField(error, key);
  return typeof value === "string" ? value : "";
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
  for (const text of [String, (value: unknown) => Object.prototype.toString.call(value)]) {
    try {
      return text(thrown);
    } catch {
      // A proxy may answer neither.
    }
  }
  return "something that cannot be described";
}
