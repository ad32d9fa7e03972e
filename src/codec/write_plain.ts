/** Plain objects, and instances of classes that are nothing more here: their own enumerable properties. */

import {
  HOLE,
  OBJECT,
  OBJECT_LIKE,
  OBJECT_WIDE,
  SHORT_OBJECT,
  SHORT_OBJECT_LIMIT,
  WIDE_BYTES,
  WIDE_KEYS,
} from "./format.ts";
import { addStep, propertyStep } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { writeString } from "./write_string.ts";
import { writeByte, writeValue } from "./write_value.ts";

/** Writes the own enumerable string-keyed properties of an object. */
export function writePlain(out: Output, value: object): void {
  const shape = out.shapes.of(Object.keys(value));
  const known = shape.bytes;
  if (out.shapes.isDefined(shape)) {
    writeLike(out, shape.number);
  } else if (known !== undefined) {
    writeShort(out, known);
  } else {
    const start = out.position;
    const narrow = writeDefinition(out, shape.keys);
    if (narrow && shape.uses++ > 0) shape.bytes = out.bytes.slice(start, out.position);
  }
  writeProperties(out, value, shape.keys);
}

function writeLike(out: Output, number: number): void {
  if (number < SHORT_OBJECT_LIMIT) {
    writeByte(out, SHORT_OBJECT + number);
  } else {
    writeByte(out, OBJECT_LIKE);
    out.writeUint(number);
  }
}

/** Writes a few bytes. */
function writeShort(out: Output, run: Uint8Array): void {
  const length = run.length;
  out.reserve(length);
  const { bytes, position } = out;
  for (let i = 0; i < length; i++) bytes[position + i] = run[i]!;
  out.position = position + length;
}

/** Writes keys; returns whether they are few and short, and so can be recognised by their bytes. */
function writeDefinition(out: Output, keys: readonly string[]): boolean {
  const start = out.position;
  if (keys.length < WIDE_KEYS) {
    out.reserve(2);
    out.position += 2;
    for (const key of keys) writeString(out, key);
    const length = out.position - start - 2;
    if (length < WIDE_BYTES) {
      out.bytes[start] = OBJECT;
      out.bytes[start + 1] = length;
      return true;
    }
    out.position = start;
  }
  writeByte(out, OBJECT_WIDE);
  writeKeys(out, keys);
  return false;
}

/** Writes keys behind their number. */
export function writeKeys(out: Output, keys: readonly string[]): void {
  out.writeUint(keys.length);
  for (const key of keys) writeString(out, key);
}

/** Writes the values of properties; one that a getter deleted in the meantime is a hole. */
export function writeProperties(out: Output, value: object, keys: readonly string[]): void {
  let i = 0;
  try {
    for (; i < keys.length; i++) {
      const key = keys[i]!;
      const item = (value as Record<string, unknown>)[key];
      if (item === undefined && !Object.hasOwn(value, key)) writeByte(out, HOLE);
      else writeValue(out, item);
    }
  } catch (thrown) {
    throw addStep(thrown, propertyStep(keys[i]!));
  }
}
