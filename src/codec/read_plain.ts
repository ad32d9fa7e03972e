/** Plain objects. */

import { HOLE } from "./format.ts";
import { type Input, malformed } from "./input.ts";
import { keysOf } from "./known_keys.ts";
import { readString } from "./read_string.ts";
import { readValue } from "./read_value.ts";

/** Reads an object whose keys come first, behind their length in bytes. */
export function readPlain(input: Input): object {
  const length = input.readByte();
  input.need(length);
  const keys = keysOf(input, length);
  input.shapes.push(keys);
  return readValues(input, keys);
}

/** Reads an object whose keys come first, behind their number. */
export function readPlainWide(input: Input): object {
  const keys = readKeys(input);
  input.shapes.push(keys);
  return readValues(input, keys);
}

/** Reads an object with the keys of an earlier one. */
export function readPlainLike(input: Input, number: number): object {
  const keys = input.shapes[number];
  if (keys === undefined) malformed(`a reference to keys ${number}, which are not there`);
  return readValues(input, keys);
}

function readValues(input: Input, keys: readonly string[]): object {
  input.need(keys.length);
  const object = {};
  input.add(object);
  input.enter();
  readProperties(input, object, keys);
  input.leave();
  return object;
}

/** Reads a list of keys. */
export function readKeys(input: Input): string[] {
  const count = input.readCount(1);
  const keys: string[] = [];
  for (let i = 0; i < count; i++) keys.push(readString(input));
  return keys;
}

/** Reads the values of properties into an object. */
export function readProperties(input: Input, object: object, keys: readonly string[]): void {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (input.bytes[input.position] === HOLE) input.position++;
    else if (key === "__proto__") define(object, key, readValue(input), true);
    else (object as Record<string, unknown>)[key] = readValue(input);
  }
}

/** Defines a property, whatever setters the prototype has. */
export function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, configurable: true, writable: true });
}
