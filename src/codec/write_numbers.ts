/**
 * Arrays of nothing but numbers, packed to the width of the widest.
 *
 * Only here are properties beside the items not looked for: listing the keys of an array takes longer
 * than writing its numbers.
 */

import { NUMBERS, NUMBERS_FROM, WIDTH } from "./format.ts";
import type { Output } from "./output.ts";
import { writeArrayLength } from "./write_array.ts";
import { writeNumber } from "./write_number.ts";

const CHUNK = 256;
const doubles = new Float64Array(CHUNK);
const integers = new Int32Array(doubles.buffer);
const patterns = new BigInt64Array(doubles.buffer);
const chunk = new Uint8Array(doubles.buffer);

/** Writes an array if all its items are numbers; else it writes nothing and returns false. */
export function writeNumbers(out: Output, items: readonly unknown[]): boolean {
  const width = widthOf(items);
  if (width < 0) return false;
  const length = items.length;
  if (length < NUMBERS_FROM) {
    writeArrayLength(out, length);
    for (let i = 0; i < length; i++) writeNumber(out, items[i] as number);
    return true;
  }
  out.reserve(2);
  out.bytes[out.position++] = NUMBERS;
  out.bytes[out.position++] = width;
  out.writeUint(length);
  if (width === WIDTH.double) writeDoubles(out, items as readonly number[]);
  else if (width === WIDTH.int32) writeInt32s(out, items as readonly number[]);
  else writeSmall(out, items as readonly number[], width);
  return true;
}

/** The width that all items fit into; -1 if there is none, or no item. */
function widthOf(items: readonly unknown[]): number {
  const length = items.length;
  if (length === 0) return -1;
  let magnitude = 0;
  let whole = true;
  for (let i = 0; i < length; i++) {
    const item = items[i];
    if (typeof item !== "number") return -1;
    const int = item | 0;
    if (int !== item || (int === 0 && 1 / item < 0)) whole = false;
    magnitude |= int ^ (int >> 31);
  }
  if (!whole) return WIDTH.double;
  return magnitude < 0x80 ? WIDTH.int8 : magnitude < 0x8000 ? WIDTH.int16 : WIDTH.int32;
}

function writeSmall(out: Output, items: readonly number[], width: number): void {
  const length = items.length;
  out.reserve(length << width);
  const bytes = out.bytes;
  let position = out.position;
  for (let i = 0; i < length; i++) {
    const item = items[i]!;
    bytes[position++] = item;
    if (width === WIDTH.int16) bytes[position++] = item >> 8;
  }
  out.position = position;
}

function writeInt32s(out: Output, items: readonly number[]): void {
  const length = items.length;
  out.reserve(4 * length);
  for (let from = 0; from < length; from += 2 * CHUNK) {
    const count = Math.min(length - from, 2 * CHUNK);
    for (let i = 0; i < count; i++) integers[i] = items[from + i]!;
    writeChunk(out, 4 * count);
  }
}

function writeDoubles(out: Output, items: readonly number[]): void {
  const length = items.length;
  out.reserve(8 * length);
  for (let from = 0; from < length; from += CHUNK) {
    const count = Math.min(length - from, CHUNK);
    for (let i = 0; i < count; i++) {
      const item = items[from + i]!;
      doubles[i] = item;
      // One bit pattern for NaN, whatever the engine keeps.
      if (item !== item) patterns[i] = 0x7ff8000000000000n;
    }
    writeChunk(out, 8 * count);
  }
}

function writeChunk(out: Output, byteLength: number): void {
  out.bytes.set(byteLength === chunk.length ? chunk : chunk.subarray(0, byteLength), out.position);
  out.position += byteLength;
}
