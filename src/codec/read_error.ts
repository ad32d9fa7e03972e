/** Errors. */

import { ERROR_HAS, ERROR_NAMES } from "./format.ts";
import { type Input, malformed } from "./input.ts";
import { prototypeOfOwn } from "./own_errors.ts";
import { define, readNames, readProperties } from "./read_plain.ts";
import { readString } from "./read_string.ts";
import { readValue } from "./read_value.ts";

/** Reads an error. */
export function readError(input: Input): Error {
  const slot = input.reserve();
  input.enter();
  const kind = input.readByte();
  const own = prototypeOfOwn(kind);
  const className = own === undefined ? ERROR_NAMES[kind] : "Error";
  if (className === undefined) malformed(`an error of class ${kind}`);
  const has = input.readByte();
  const name = has & ERROR_HAS.name ? readString(input) : undefined;
  const message = has & ERROR_HAS.message ? readString(input) : undefined;
  const error = makeError(className, message, name);
  if (own !== undefined) Object.setPrototypeOf(error, own);
  input.objects[slot] = error;
  if (name !== undefined && error.name !== name) define(error, "name", name, false);
  if (has & ERROR_HAS.stack) define(error, "stack", readString(input), false);
  if (has & ERROR_HAS.cause) define(error, "cause", readValue(input), false);
  if (has & ERROR_HAS.errors) define(error, "errors", readValue(input), false);
  if (has & ERROR_HAS.error) define(error, "error", readValue(input), false);
  if (has & ERROR_HAS.suppressed) define(error, "suppressed", readValue(input), false);
  readProperties(input, error, readNames(input));
  input.leave();
  return error;
}

/** Makes an error without looking at the stack, which would take longer than all the rest. */
function makeError(
  className: typeof ERROR_NAMES[number],
  message: string | undefined,
  name: string | undefined,
): Error {
  const traces = Error as { stackTraceLimit?: number };
  const limit = traces.stackTraceLimit;
  traces.stackTraceLimit = 0;
  try {
    if (className === "AggregateError") {
      const error = new AggregateError([], message);
      delete (error as { errors?: unknown }).errors;
      return error;
    }
    if (className === "DOMException") return new DOMException(message, name);
    if (className === "SuppressedError") return makeSuppressed(message);
    return new globalThis[className](message);
  } finally {
    traces.stackTraceLimit = limit;
  }
}

/** Where the language is too old to have the class, an error of its name. */
function makeSuppressed(message: string | undefined): Error {
  if (typeof SuppressedError !== "function") {
    const error = new Error(message);
    define(error, "name", "SuppressedError", false);
    return error;
  }
  const error = new SuppressedError(undefined, undefined, message);
  delete (error as { error?: unknown }).error;
  delete (error as { suppressed?: unknown }).suppressed;
  return error;
}
