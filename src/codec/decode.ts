/**
 * Bytes to values.
 *
 * - Nothing of the result lies in the memory that was read: it may be reused at once.
 * - Bytes that no encoder wrote throw, allocate in proportion to their length, and end.
 */

import { SerializationError } from "../errors.ts";
import { Input } from "./input.ts";
import { readValue } from "./read_value.ts";

/** What a decoder may be told. */
export interface DecodeOptions {
  /** Passed through to crossings. */
  readonly context?: unknown;
  /** The tags of crossings that may occur; by default all. Handles of shared memory from outside are not to be trusted. */
  readonly only?: ReadonlySet<number>;
}

/** Decoders at rest; more than one if a crossing decodes while it is read. */
const idle: Input[] = [];

/**
 * Decodes a value; `bytes` is exactly what was encoded.
 *
 * @throws {SerializationError} if no encoder wrote these bytes.
 */
export function decode(bytes: Uint8Array, options?: DecodeOptions): unknown {
  const input = idle.pop() ?? new Input();
  input.begin(bytes, options?.context, options?.only);
  try {
    const value = readValue(input);
    input.finish();
    return value;
  } catch (thrown) {
    throw explain(thrown);
  } finally {
    input.end();
    idle.push(input);
  }
}

function explain(thrown: unknown): unknown {
  if (thrown instanceof RangeError) {
    return new SerializationError(`Cannot decode: ${thrown.message}`, "", { cause: thrown });
  }
  return thrown;
}
