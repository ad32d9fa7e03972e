/** Plain objects, and instances of classes that are nothing more here: their own enumerable properties. */

import { HOLE, OBJECT, OBJECT_LIKE } from "./format.ts";
import { addStep, propertyStep } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { writeString } from "./write_string.ts";
import { writeByte, writeValue } from "./write_value.ts";

/** Writes the own enumerable string-keyed properties of an object. */
export function writePlain(out: Output, value: object): void {
  const keys = Object.keys(value);
  const shape = out.shapes.meet(keys);
  out.reserve(1);
  if (shape >= 0) {
    out.bytes[out.position++] = OBJECT_LIKE;
    out.writeUint(shape);
  } else {
    out.bytes[out.position++] = OBJECT;
    out.writeUint(keys.length);
    for (let i = 0; i < keys.length; i++) writeString(out, keys[i]!);
  }
  writeProperties(out, value, keys);
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
