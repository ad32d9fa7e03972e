/** Objects: references, arrays, plain objects, and whatever the prototype says it is. */

import { crossingOfPrototype } from "./crossing.ts";
import { MAX_DEPTH, REFERENCE } from "./format.ts";
import { Obstacle } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { writeArray } from "./write_array.ts";
import { builtinOfPrototype, builtinOfTag } from "./write_builtin.ts";
import { writeHandle } from "./write_crossing.ts";
import { writePlain } from "./write_plain.ts";

/** Writes any object, or a reference if it is in the message already. */
export function writeObject(out: Output, value: object): void {
  const number = out.seen.meet(value);
  if (number >= 0) {
    out.parts.extend(number, 0, Infinity);
    return writeReference(out, number);
  }
  if (out.depth >= MAX_DEPTH) {
    throw new Obstacle(`it is nested more than ${MAX_DEPTH} levels deep`);
  }
  out.depth++;
  if (Array.isArray(value)) {
    writeArray(out, value);
  } else {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) writePlain(out, value);
    else writeInstance(out, value, prototype);
  }
  out.depth--;
}

/** Writes the number of an object that is in the message already. */
export function writeReference(out: Output, number: number): void {
  out.reserve(1);
  out.bytes[out.position++] = REFERENCE;
  out.writeUint(number);
}

/** Writes an instance of a class: the nearest class that is known decides. */
function writeInstance(out: Output, value: object, prototype: object): void {
  for (let p: object | null = prototype; p !== null; p = Object.getPrototypeOf(p)) {
    const builtin = builtinOfPrototype(p);
    if (builtin !== undefined) {
      if (builtin(out, value)) return;
    } else {
      const crossing = crossingOfPrototype(p);
      if (crossing !== undefined) return writeHandle(out, value, crossing);
    }
  }
  // Built-ins of another realm, and what the platform keeps to itself, are known by their tag.
  const tag = Object.prototype.toString.call(value);
  if (tag !== "[object Object]") {
    const builtin = builtinOfTag(tag.slice(8, -1), value);
    if (builtin !== undefined && builtin(out, value)) return;
  }
  writePlain(out, value);
}
