/** Shared things, as handles. */

import type { Crossing } from "./crossing.ts";
import { CROSSING, LATE } from "./format.ts";
import type { Output } from "./output.ts";
import { writeReference } from "./write_object.ts";
import { writeString } from "./write_string.ts";

/** Writes a handle, or a reference if the thing is in the message already. */
export function writeCrossing(out: Output, value: object, crossing: Crossing): void {
  const number = out.seen.meet(value);
  if (number >= 0) writeReference(out, number);
  else writeHandle(out, value, crossing);
}

/** Writes the handle of a thing that has just got its number. */
export function writeHandle(out: Output, value: object, crossing: Crossing): void {
  out.reserve(2);
  out.bytes[out.position++] = CROSSING;
  const { tag, module } = crossing;
  out.bytes[out.position++] = module === undefined ? tag : tag | LATE;
  if (module !== undefined) writeString(out, module);
  crossing.write(value, out);
}
