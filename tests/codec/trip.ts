/** There and back. */

import { decode } from "../../src/codec/decode.ts";
import { encode, type EncodeOptions } from "../../src/codec/encode.ts";

/** The bytes of a value. */
export function bytesOf(value: unknown, options?: EncodeOptions): Uint8Array<ArrayBuffer> {
  const encoding = encode(value, options);
  const bytes = new Uint8Array(encoding.byteLength);
  encoding.writeTo(bytes);
  return bytes;
}

/** What arrives of a value. */
export function trip<T>(value: T): T {
  return decode(bytesOf(value)) as T;
}

/** Bytes as text. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Text as bytes. */
export function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
}
