/** The front door of the encoder: what kind of value is this? */

import { crossingOfMarked } from "./crossing.ts";
import { FALSE, NULL, TRUE, UNDEFINED } from "./format.ts";
import { refuse } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { writeCrossing } from "./write_crossing.ts";
import { writeBigInt, writeNumber } from "./write_number.ts";
import { writeObject } from "./write_object.ts";
import { writeString } from "./write_string.ts";

/** Writes any value. */
export function writeValue(out: Output, value: unknown): void {
  switch (typeof value) {
    case "number":
      return writeNumber(out, value);
    case "string":
      return writeString(out, value);
    case "object":
      return value === null ? writeByte(out, NULL) : writeObject(out, value);
    case "boolean":
      return writeByte(out, value ? TRUE : FALSE);
    case "undefined":
      return writeByte(out, UNDEFINED);
    case "bigint":
      return writeBigInt(out, value);
    case "function":
      return writeFunction(out, value);
    default:
      refuse("a symbol", "it equals itself only where it was made: send a string");
  }
}

/** Writes one byte. */
export function writeByte(out: Output, byte: number): void {
  out.reserve(1);
  out.bytes[out.position++] = byte;
}

function writeFunction(out: Output, value: object): void {
  const crossing = crossingOfMarked(value);
  if (crossing === undefined) {
    refuse("a function", "pass it as the target, or register it with task()");
  }
  writeCrossing(out, value, crossing);
}
