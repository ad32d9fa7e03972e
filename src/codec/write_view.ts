/** Typed arrays and data views. */

import { crossingOfMarked } from "./crossing.ts";
import { VIEW, VIEW_ELEMENT_BYTES, VIEW_NAMES, VIEW_TRACKING, VIEW_WHOLE } from "./format.ts";
import { refuse } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { refuseInstance } from "./refused.ts";
import { runOf, writeBufferOfView } from "./write_buffer.ts";

type Getter<T> = (this: unknown) => T;

function getter<T>(prototype: object, key: string | symbol): Getter<T> {
  return Object.getOwnPropertyDescriptor(prototype, key)!.get!;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const nameOf = getter<string | undefined>(typedArray, Symbol.toStringTag);
const arrayBuffer = getter<ArrayBufferLike>(typedArray, "buffer");
const arrayOffset = getter<number>(typedArray, "byteOffset");
const arrayLength = getter<number>(typedArray, "byteLength");
const viewBuffer = getter<ArrayBufferLike>(DataView.prototype, "buffer");
const viewOffset = getter<number>(DataView.prototype, "byteOffset");
const viewLength = getter<number>(DataView.prototype, "byteLength");

const kinds = new Map<string, number>(VIEW_NAMES.map((name, kind) => [name, kind]));

/** Writes a typed array; false if the object only inherits from one. */
export function writeTypedArray(out: Output, value: object): boolean {
  const name = nameOf.call(value);
  if (name === undefined) return false;
  const kind = kinds.get(name);
  if (kind === undefined) refuseInstance(name);
  writeView(out, kind, arrayBuffer.call(value), arrayOffset.call(value), arrayLength.call(value));
  return true;
}

/** Writes a data view; false if the object only inherits from one. */
export function writeDataView(out: Output, value: object): boolean {
  let buffer: ArrayBufferLike;
  try {
    buffer = viewBuffer.call(value);
  } catch {
    return false;
  }
  let offset: number;
  let length: number;
  try {
    offset = viewOffset.call(value);
    length = viewLength.call(value);
  } catch {
    refuse("a view of a detached or shrunk ArrayBuffer");
  }
  writeView(out, 0, buffer, offset, length);
  return true;
}

function writeView(
  out: Output,
  kind: number,
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
): void {
  out.reserve(2);
  if (buffer instanceof ArrayBuffer || !isShared(buffer)) {
    const known = crossingOfMarked(buffer) !== undefined || buffer.resizable ||
      out.seen.has(buffer);
    if (!known && length === buffer.byteLength) {
      out.seen.meet(buffer);
      out.bytes[out.position++] = VIEW_WHOLE;
      out.bytes[out.position++] = kind;
      out.writeBytes(runOf(buffer, 0, length));
      return;
    }
    const end = offset + length;
    const follows = buffer.resizable && end + VIEW_ELEMENT_BYTES[kind]! > buffer.byteLength;
    out.bytes[out.position++] = follows ? VIEW_TRACKING : VIEW;
    out.bytes[out.position++] = kind;
    out.writeUint(offset);
    if (!follows) out.writeUint(length);
    writeBufferOfView(out, buffer, offset, end);
  } else {
    refuseInstance("SharedArrayBuffer");
  }
}

function isShared(buffer: ArrayBufferLike): buffer is SharedArrayBuffer {
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
}
