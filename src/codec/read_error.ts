/** Errors. */

import { ERROR_HAS, ERROR_NAMES } from "./format.ts";
import { type Input, malformed } from "./input.ts";
import { define, readNames, readProperties } from "./read_plain.ts";
import { readString } from "./read_string.ts";
import { readValue } from "./read_value.ts";

/** Reads an error. */
export function readError(input: Input): Error {
  const slot = input.reserve();
  input.enter();
  const kind = input.readByte();
  const className = ERROR_NAMES[kind];
  if (className === undefined) malformed(`an error of class ${kind}`);
  const has = input.readByte();
  const name = has & ERROR_HAS.name ? readString(input) : undefined;
  const message = has & ERROR_HAS.message ? readString(input) : undefined;
  const error = makeError(className, message, name);
  input.objects[slot] = error;
  if (name !== undefined && error.name !== name) define(error, "name", name, false);
  if (has & ERROR_HAS.stack) define(error, "stack", readString(input), false);
  if (has & ERROR_HAS.cause) define(error, "cause", readValue(input), false);
  if (has & ERROR_HAS.errors) define(error, "errors", readValue(input), false);
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
    return new globalThis[className](message);
  } finally {
    traces.stackTraceLimit = limit;
  }
}
