/** Arrays: of numbers, dense, or with holes and properties of their own. */

import { ARRAY, ARRAY_SPARSE, SHORT_ARRAY, SHORT_ARRAY_LIMIT } from "./format.ts";
import { addStep } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { writeNumbers } from "./write_numbers.ts";
import { writeKeys, writeProperties } from "./write_plain.ts";
import { writeValue } from "./write_value.ts";

/** Writes an array. */
export function writeArray(out: Output, items: readonly unknown[]): void {
  if (writeNumbers(out, items)) return;
  const length = items.length;
  const keys = Object.keys(items);
  const dense = keys.length === length && (length === 0 || keys[length - 1] === `${length - 1}`);
  if (dense) writeDense(out, items);
  else writeSparse(out, items, keys);
}

/** Writes how many items follow. */
export function writeArrayLength(out: Output, length: number): void {
  out.reserve(1);
  if (length < SHORT_ARRAY_LIMIT) {
    out.bytes[out.position++] = SHORT_ARRAY | length;
  } else {
    out.bytes[out.position++] = ARRAY;
    out.writeUint(length);
  }
}

function writeDense(out: Output, items: readonly unknown[]): void {
  const length = items.length;
  writeArrayLength(out, length);
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
  writeKeys(out, keys);
  writeProperties(out, items, keys);
}
