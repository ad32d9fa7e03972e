/** Plain objects. */

import { HOLE } from "./format.ts";
import { type Input, malformed } from "./input.ts";
import { keysOf } from "./known_keys.ts";
import { readString } from "./read_string.ts";
import { readValue } from "./read_value.ts";

/** A list of keys. */
export interface Keys {
  readonly names: readonly string[];
  /** Whether none of them is a property of every object, so that assigning them defines them. */
  readonly assignable: boolean;
}

/** Looks at a list of keys. */
export function makeKeys(names: readonly string[]): Keys {
  return { names, assignable: names.every((name) => !(name in Object.prototype)) };
}

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
  const keys = makeKeys(readNames(input));
  input.shapes.push(keys);
  return readValues(input, keys);
}

/** Reads an object with the keys of an earlier one. */
export function readPlainLike(input: Input, number: number): object {
  const keys = input.shapes[number];
  if (keys === undefined) malformed(`a reference to keys ${number}, which are not there`);
  return readValues(input, keys);
}

function readValues(input: Input, { names, assignable }: Keys): object {
  const count = names.length;
  input.need(count);
  const object: Record<string, unknown> = {};
  input.add(object);
  input.enter();
  if (assignable) {
    for (let i = 0; i < count; i++) {
      if (input.bytes[input.position] === HOLE) input.position++;
      else object[names[i]!] = readValue(input);
    }
  } else {
    readProperties(input, object, names);
  }
  input.leave();
  return object;
}

/** Reads a list of keys behind their number. */
export function readNames(input: Input): string[] {
  const count = input.readCount(1);
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push(readString(input));
  return names;
}

/** Reads the values of properties into any object, whatever it inherits. */
export function readProperties(input: Input, object: object, names: readonly string[]): void {
  input.need(names.length);
  for (const name of names) {
    if (input.bytes[input.position] === HOLE) input.position++;
    else if (name in object) define(object, name, readValue(input), true);
    else (object as Record<string, unknown>)[name] = readValue(input);
  }
}

/** Defines a property, whatever setters the prototype has. */
export function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, configurable: true, writable: true });
}
