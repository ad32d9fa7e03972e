/** Instances of built-in classes. */

import { type Input, malformed } from "./input.ts";
import { readDouble } from "./read_number.ts";
import { readString } from "./read_string.ts";
import { readValue } from "./read_value.ts";

/** Reads a map. */
export function readMap(input: Input): Map<unknown, unknown> {
  const count = input.readCount(2);
  const map = new Map<unknown, unknown>();
  input.add(map);
  input.enter();
  for (let i = 0; i < count; i++) {
    const key = readValue(input);
    map.set(key, readValue(input));
  }
  input.leave();
  return map;
}

/** Reads a set. */
export function readSet(input: Input): Set<unknown> {
  const count = input.readCount(1);
  const set = new Set<unknown>();
  input.add(set);
  input.enter();
  for (let i = 0; i < count; i++) set.add(readValue(input));
  input.leave();
  return set;
}

/** Reads a date. */
export function readDate(input: Input): Date {
  const date = new Date(readDouble(input));
  input.add(date);
  return date;
}

/** Reads a regular expression; its `lastIndex` is 0. */
export function readRegExp(input: Input): RegExp {
  const source = readString(input);
  const flags = readString(input);
  try {
    const expression = new RegExp(source, flags);
    input.add(expression);
    return expression;
  } catch (cause) {
    malformed(`the regular expression /${source}/${flags}`, cause);
  }
}

/** Reads a primitive in its object. */
export function readBoxed(input: Input): object {
  const slot = input.reserve();
  input.enter();
  const primitive = readValue(input);
  input.leave();
  switch (typeof primitive) {
    case "boolean":
    case "number":
    case "string":
    case "bigint":
      return input.objects[slot] = Object(primitive);
    default:
      malformed(`a boxed ${typeof primitive}`);
  }
}
