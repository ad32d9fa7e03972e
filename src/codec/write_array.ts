/** Arrays: dense ones as their items, others as length and properties. */

import { ARRAY, ARRAY_SPARSE, SHORT_ARRAY, SHORT_ARRAY_LIMIT } from "./format.ts";
import { addStep, propertyStep } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { writeNumber } from "./write_number.ts";
import { writeString } from "./write_string.ts";
import { writeProperties } from "./write_plain.ts";
import { writeValue } from "./write_value.ts";

/** Writes an array. */
export function writeArray(out: Output, items: readonly unknown[]): void {
  const start = out.position;
  writeLength(out, items.length);
  if (writeNumbers(out, items)) return;
  out.position = start;
  const keys = Object.keys(items);
  if (keys.length === items.length && isLast(keys, items.length)) writeDense(out, items);
  else writeSparse(out, items, keys);
}

function isLast(keys: readonly string[], length: number): boolean {
  return length === 0 || keys[length - 1] === String(length - 1);
}

function writeLength(out: Output, length: number): void {
  out.reserve(1);
  if (length < SHORT_ARRAY_LIMIT) {
    out.bytes[out.position++] = SHORT_ARRAY | length;
  } else {
    out.bytes[out.position++] = ARRAY;
    out.writeUint(length);
  }
}

/**
 * Writes the items if all are numbers.
 *
 * Only here are properties beside the items not looked for: listing the keys takes longer than
 * writing a hundred numbers.
 */
function writeNumbers(out: Output, items: readonly unknown[]): boolean {
  const length = items.length;
  for (let i = 0; i < length; i++) {
    const item = items[i];
    if (typeof item !== "number") return false;
    writeNumber(out, item);
  }
  return length > 0;
}

function writeDense(out: Output, items: readonly unknown[]): void {
  const length = items.length;
  writeLength(out, length);
  let i = 0;
  try {
    for (; i < length; i++) writeValue(out, items[i]);
  } catch (thrown) {
    throw addStep(thrown, `[${i}]`);
  }
}

function writeSparse(out: Output, items: readonly unknown[], keys: readonly string[]): void {
  out.reserve(1);
  out.bytes[out.position++] = ARRAY_SPARSE;
  out.writeUint(items.length);
  out.writeUint(keys.length);
  for (const key of keys) writeString(out, key);
  writeProperties(out, items, keys);
}
