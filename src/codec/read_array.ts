/** Arrays. */

import type { Input } from "./input.ts";
import { malformed } from "./input.ts";
import { readKeys, readProperties } from "./read_plain.ts";
import { readValue } from "./read_value.ts";

/** Reads the items of a dense array. */
export function readDenseArray(input: Input, length: number): unknown[] {
  input.need(length);
  input.enter();
  const items: unknown[] = [];
  input.objects.push(items);
  for (let i = 0; i < length; i++) items.push(readValue(input));
  input.leave();
  return items;
}

/** Reads an array with holes or named properties. */
export function readArray(input: Input): unknown[] {
  input.enter();
  const length = input.readUint();
  if (length > 0xffffffff) malformed(`an array of ${length} items`);
  const items: unknown[] = [];
  input.objects.push(items);
  items.length = length;
  const keys = readKeys(input);
  for (const key of keys) if (key === "length") malformed("an array with a key `length`");
  readProperties(input, items, keys);
  input.leave();
  return items;
}
