/** Arrays. */

import { WIDTH } from "./format.ts";
import { type Input, malformed } from "./input.ts";
import { readKeys, readProperties } from "./read_plain.ts";
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
  items.length = length;
  const keys = readKeys(input);
  for (const key of keys) if (key === "length") malformed("an array with a key `length`");
  readProperties(input, items, keys);
  input.leave();
  return items;
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
