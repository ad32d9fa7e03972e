/** Shared things, as handles. */

import type { Crossing } from "./crossing.ts";
import { CROSSING } from "./format.ts";
import type { Output } from "./output.ts";
import { writeReference } from "./write_object.ts";

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
  out.bytes[out.position++] = crossing.tag;
  crossing.write(value, out);
}
