/** Buffers and their views. */

import { VIEW_ELEMENT_BYTES, VIEW_NAMES } from "./format.ts";
import { copy, type Input, malformed } from "./input.ts";
import { readDouble } from "./read_number.ts";
import { readValue } from "./read_value.ts";

/** Reads a buffer. */
export function readBuffer(input: Input): ArrayBuffer {
  const { buffer } = input.readBytes();
  input.add(buffer);
  return buffer;
}

/** Reads a buffer that can change its length. */
export function readResizable(input: Input): ArrayBuffer {
  const maxByteLength = input.readUint();
  const run = input.readBytes();
  let buffer: ArrayBuffer;
  try {
    buffer = new ArrayBuffer(run.length, { maxByteLength });
  } catch (cause) {
    malformed(`a buffer that grows to ${maxByteLength} bytes`, cause);
  }
  new Uint8Array(buffer).set(run);
  input.add(buffer);
  return buffer;
}

/** Reads a part of a buffer; its bytes lie behind the values, in the order of the parts. */
export function readPart(input: Input): ArrayBuffer {
  const start = readDouble(input);
  const length = readDouble(input);
  const at = readDouble(input);
  const lowest = input.partsFrom < 0 ? input.position : input.partsTo;
  const fits = Number.isSafeInteger(start) && start >= 0 && start % 8 === 0 &&
    Number.isSafeInteger(length) && length >= 0 && Number.isSafeInteger(at) && at >= lowest &&
    at + length <= input.bytes.length;
  if (!fits) malformed(`a part of a buffer, ${length} bytes at byte ${at}`);
  if (input.partsFrom < 0) input.partsFrom = at;
  input.partsTo = at + length;
  const { buffer } = copy(input.bytes, at, length);
  input.add(buffer);
  input.partStarts ??= new Map();
  input.partStarts.set(buffer, start);
  return buffer;
}

/** Reads a view of a buffer that is a value of its own. */
export function readView(input: Input): ArrayBufferView {
  const slot = input.reserve();
  const kind = readKind(input);
  const offset = input.readUint();
  const length = input.readUint();
  const buffer = readBufferValue(input);
  const start = input.partStarts?.get(buffer) ?? 0;
  return input.objects[slot] = makeView(kind, buffer, offset - start, length);
}

/** Reads a view that follows the length of its buffer. */
export function readTracking(input: Input): ArrayBufferView {
  const slot = input.reserve();
  const kind = readKind(input);
  const offset = input.readUint();
  const buffer = readBufferValue(input);
  return input.objects[slot] = makeView(kind, buffer, offset, undefined);
}

/** Reads a view with the buffer that it covers. */
export function readWhole(input: Input): ArrayBufferView {
  const slot = input.reserve();
  const kind = readKind(input);
  const bytes = input.readBytes();
  if (VIEW_NAMES[kind] === "Uint8Array") {
    input.addBufferOf(bytes);
    return input.objects[slot] = bytes;
  }
  input.add(bytes.buffer);
  return input.objects[slot] = makeView(kind, bytes.buffer, 0, bytes.length);
}

function readKind(input: Input): number {
  const kind = input.readByte();
  if (kind >= VIEW_NAMES.length) malformed(`a view of kind ${kind}`);
  return kind;
}

function readBufferValue(input: Input): ArrayBuffer {
  input.enter();
  const buffer = readValue(input);
  input.leave();
  if (!(buffer instanceof ArrayBuffer)) malformed("a view of what is no buffer");
  return buffer;
}

interface ViewConstructor {
  new (buffer: ArrayBuffer, offset: number, length?: number): ArrayBufferView;
}

function makeView(
  kind: number,
  buffer: ArrayBuffer,
  offset: number,
  byteLength: number | undefined,
): ArrayBufferView {
  const name = VIEW_NAMES[kind]!;
  const size = VIEW_ELEMENT_BYTES[kind]!;
  const constructor = (globalThis as unknown as Record<string, ViewConstructor | undefined>)[name];
  if (constructor === undefined) malformed(`this runtime has no ${name}`);
  const length = byteLength === undefined ? undefined : byteLength / size;
  if (length !== undefined && !Number.isInteger(length)) {
    malformed(`a ${name} of ${byteLength} bytes`);
  }
  try {
    return new constructor(buffer, offset, length);
  } catch (cause) {
    malformed(`a ${name} at byte ${offset} of a buffer of ${buffer.byteLength}`, cause);
  }
}
