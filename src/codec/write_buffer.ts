/** Array buffers: whole, or only the part that views in this message cover. */

import { crossingOfMarked } from "./crossing.ts";
import { BUFFER, BUFFER_PART, BUFFER_RESIZABLE } from "./format.ts";
import { refuse } from "./obstacle.ts";
import type { Output } from "./output.ts";
import { writeHandle } from "./write_crossing.ts";
import { writeReference } from "./write_object.ts";
import { writeByte } from "./write_value.ts";

const lengthOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")!.get!;

/** Writes a buffer that has just got its number; false if the object only inherits from one. */
export function writeBuffer(out: Output, value: object): boolean {
  try {
    lengthOf.call(value);
  } catch {
    return false;
  }
  const buffer = value as ArrayBuffer;
  const crossing = crossingOfMarked(buffer);
  if (crossing !== undefined) {
    writeHandle(out, buffer, crossing);
    return true;
  }
  const run = runOf(buffer, 0, undefined);
  out.reserve(1);
  if (buffer.resizable) {
    out.bytes[out.position++] = BUFFER_RESIZABLE;
    out.writeUint(buffer.maxByteLength);
  } else {
    out.bytes[out.position++] = BUFFER;
  }
  out.writeBytes(run);
  return true;
}

/** The bytes of a buffer. */
export function runOf(buffer: ArrayBuffer, from: number, length: number | undefined): Uint8Array {
  try {
    return new Uint8Array(buffer, from, length);
  } catch {
    refuse("a detached ArrayBuffer");
  }
}

/** Writes the buffer of a view that covers `from` to `to`. */
export function writeBufferOfView(
  out: Output,
  buffer: ArrayBuffer,
  from: number,
  to: number,
): void {
  const number = out.seen.meet(buffer);
  if (number >= 0) {
    out.parts.extend(number, from, to);
    writeReference(out, number);
  } else if (crossingOfMarked(buffer) !== undefined || buffer.resizable) {
    writeBuffer(out, buffer);
  } else {
    runOf(buffer, 0, 0);
    writeByte(out, BUFFER_PART);
    out.reserve(PART_BYTES);
    out.parts.add(out.seen.count - 1, { buffer, at: out.position, from, to });
    out.position += PART_BYTES;
  }
}

/** Three doubles, known at the end: first byte, length, and where in the message the bytes are. */
const PART_BYTES = 24;

/** A buffer of which views are in the message. */
interface Part {
  readonly buffer: ArrayBuffer;
  /** Where in the body its place is. */
  readonly at: number;
  /** The first byte that a view covers. */
  from: number;
  /** The byte behind the last that a view covers. */
  to: number;
}

/** The buffers of which only a part is needed. */
export class Parts {
  #parts: Map<number, Part> | undefined;

  /** Begins with what one view covers. */
  add(number: number, part: Part): void {
    this.#parts ??= new Map();
    this.#parts.set(number, part);
  }

  /** Adds what another view covers, if the object is a buffer of which only a part was needed so far. */
  extend(number: number, from: number, to: number): void {
    const part = this.#parts?.get(number);
    if (part === undefined) return;
    part.from = Math.min(part.from, from);
    part.to = Math.max(part.to, Math.min(to, part.buffer.byteLength));
  }

  /** Writes the bytes behind the message, and in the places of the buffers where they are. */
  finish(out: Output): void {
    if (this.#parts === undefined) return;
    for (const { buffer, at, from, to } of this.#parts.values()) {
      // Elements stay aligned.
      const start = from - from % 8;
      const place = new Float64Array([start, to - start, out.byteLength]);
      out.bytes.set(new Uint8Array(place.buffer), at);
      out.writeRun(runOf(buffer, start, to - start));
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#parts = undefined;
  }
}
