/** Arrays. */

import { WIDTH } from "./format.ts";
import { type Input, malformed } from "./input.ts";
import { readNames, readProperties } from "./read_plain.ts";
import { readValue } from "./read_value.ts";

/**
 * Up to how many items an array is made at its final length: several times faster than growing it,
 * but beyond some length engines make such arrays sparse.
 */
const PREPARED = 10_000;

/** Reads the items of a dense array. */
export function readDenseArray(input: Input, length: number): unknown[] {
  input.need(length);
  const items: unknown[] = length <= PREPARED ? new Array(length) : [];
  input.add(items);
  input.enter();
  for (let i = 0; i < length; i++) items[i] = readValue(input);
  input.leave();
  return items;
}

/** Reads an array with holes or named properties. */
export function readSparseArray(input: Input): unknown[] {
  input.enter();
  const length = input.readUint();
  if (length > 0xffffffff) malformed(`an array of ${length} items`);
  const items: unknown[] = [];
  input.add(items);
  const names = readNames(input);
  if (names.includes("length")) malformed("an array with a property `length`");
  setLength(items, length, names.length);
  readProperties(input, items, names);
  if (items.length !== length) malformed(`an array of ${length} items has ${items.length}`);
  input.leave();
  return items;
}

/** Sets a length without memory for the holes, if there are more of them than items. */
function setLength(items: unknown[], length: number, count: number): void {
  if (length <= 2 * count) {
    items.length = length;
  } else {
    // V8 makes room for a length, but not for an index far away.
    items[length - 1] = undefined;
    delete items[length - 1];
  }
}

const CHUNK = 256;
const doubles = new Float64Array(CHUNK);
const integers = new Int32Array(doubles.buffer);
const chunk = new Uint8Array(doubles.buffer);

/** Reads packed numbers. */
export function readNumbers(input: Input): number[] {
  const width = input.readByte();
  if (width > WIDTH.double) malformed(`numbers of width ${width}`);
  const length = input.readCount(1 << width);
  const items: number[] = length <= PREPARED ? new Array(length) : [];
  input.add(items);
  if (width === WIDTH.int8) readInt8s(input, items, length);
  else if (width === WIDTH.int16) readInt16s(input, items, length);
  else if (width === WIDTH.int32) readChunks(input, items, length, integers);
  else readChunks(input, items, length, doubles);
  return items;
}

function readInt8s(input: Input, items: number[], length: number): void {
  const { bytes, position } = input;
  for (let i = 0; i < length; i++) items[i] = bytes[position + i]! << 24 >> 24;
  input.position = position + length;
}

function readInt16s(input: Input, items: number[], length: number): void {
  const bytes = input.bytes;
  let position = input.position;
  for (let i = 0; i < length; i++, position += 2) {
    items[i] = (bytes[position]! | bytes[position + 1]! << 8) << 16 >> 16;
  }
  input.position = position;
}

function readChunks(
  input: Input,
  items: number[],
  length: number,
  view: Int32Array | Float64Array,
): void {
  const size = view.BYTES_PER_ELEMENT;
  for (let from = 0; from < length; from += view.length) {
    const count = Math.min(length - from, view.length);
    const { bytes, position } = input;
    chunk.set(bytes.subarray(position, position + count * size));
    for (let i = 0; i < count; i++) items[from + i] = view[i]!;
    input.position = position + count * size;
  }
}
