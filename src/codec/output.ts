/**
 * Where an encoding goes: the caller's memory as long as it fits, else memory that grows.
 *
 * Large runs of bytes are not copied into growing memory but remembered, and copied once, by
 * `Encoding.writeTo`.
 */

import type { CrossingWriter } from "./crossing.ts";
import { Detached, type Encoding, type Segment } from "./encoding.ts";
import { addStep, refuse } from "./obstacle.ts";
import { Seen } from "./seen.ts";
import { Shapes } from "./shapes.ts";
import { writeNumber } from "./write_number.ts";
import { writeString } from "./write_string.ts";
import { writeValue } from "./write_value.ts";
import { Parts } from "./write_buffer.ts";

/** From how many bytes on a run is remembered rather than copied twice; see `bench/codec.ts`. */
export const LARGE_BYTES = 1024;

const SCRATCH_BYTES = 16 * 1024;
const SCRATCH_KEPT_BYTES = 1024 * 1024;
const NOTHING: Uint8Array = new Uint8Array(0);

/** The state of one encoding. */
export class Output implements CrossingWriter {
  /** The bytes so far; {@linkcode Output.reserve} may replace them. */
  bytes: Uint8Array = NOTHING;
  /** How many there are. */
  position = 0;
  /** How deep in containers we are. */
  depth = 0;
  context: unknown = undefined;
  readonly seen: Seen = new Seen();
  readonly shapes: Shapes = new Shapes();
  readonly parts: Parts = new Parts();
  #target = NOTHING;
  #scratch = NOTHING;
  #segments: Segment[] = [];
  #segmentBytes = 0;

  /** Begins; the bytes go to `target` as long as they fit. */
  begin(target: Uint8Array | undefined, context: unknown): void {
    this.context = context;
    this.position = 0;
    this.depth = 0;
    if (target === undefined) {
      this.bytes = this.#takeScratch(0);
    } else {
      this.bytes = target;
      this.#target = target;
    }
  }

  /** Ends, however it went; forgets the value. */
  end(): void {
    this.bytes = NOTHING;
    this.#target = NOTHING;
    this.context = undefined;
    this.seen.clear();
    this.shapes.clear();
    this.parts.clear();
    if (this.#segments.length > 0) {
      this.#segments = [];
      this.#segmentBytes = 0;
    }
    if (this.#scratch.length > SCRATCH_KEPT_BYTES) this.#scratch = NOTHING;
  }

  /** Whether all bytes are in the target that was given. */
  get fits(): boolean {
    return this.bytes === this.#target;
  }

  /** How many bytes the whole has so far. */
  get byteLength(): number {
    return this.position + this.#segmentBytes;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.position + count > this.bytes.length) this.#grow(count);
  }

  /** Writes a run of bytes. */
  writeRun(run: Uint8Array): void {
    const length = run.length;
    const overflows = this.position + length > this.bytes.length;
    if (length >= LARGE_BYTES && (overflows || this.bytes !== this.#target)) {
      if (this.bytes === this.#target) this.#grow(0);
      this.#segments.push({ after: this.position, bytes: run });
      this.#segmentBytes += length;
      return;
    }
    if (overflows) this.#grow(length);
    this.bytes.set(run, this.position);
    this.position += length;
  }

  /** What was written, independent of this object. */
  detach(): Encoding {
    const segments = this.#segments;
    let body: Uint8Array;
    if (this.bytes === this.#scratch && this.position > this.#scratch.length / 2) {
      body = this.#scratch.subarray(0, this.position);
      this.#scratch = NOTHING;
    } else {
      body = this.bytes.slice(0, this.position);
    }
    return new Detached(body, segments, this.byteLength);
  }

  /** Memory of our own with what is written so far and `count` bytes of room. */
  #grow(count: number): void {
    const from = this.bytes;
    const bytes = this.#takeScratch(Math.max(this.position + count, this.position * 2));
    bytes.set(from.subarray(0, this.position));
    this.bytes = bytes;
  }

  #takeScratch(byteLength: number): Uint8Array {
    const kept = this.#scratch;
    if (kept !== this.bytes && kept.length >= byteLength && kept.length > 0) return kept;
    return this.#scratch = new Uint8Array(Math.max(byteLength, SCRATCH_BYTES));
  }

  /** Writes an integer from 0 to 2^53 - 1. */
  writeUint(value: number): void {
    this.reserve(8);
    const bytes = this.bytes;
    let position = this.position;
    while (value >= 0x80) {
      bytes[position++] = (value & 0x7f) | 0x80;
      value = value < 0x80000000 ? value >>> 7 : Math.floor(value / 128);
    }
    bytes[position++] = value;
    this.position = position;
  }

  writeInt(value: number): void {
    this.writeNumber(value);
  }

  writeNumber(value: number): void {
    writeNumber(this, value);
  }

  writeString(value: string): void {
    writeString(this, value);
  }

  writeBytes(value: Uint8Array): void {
    this.writeUint(value.length);
    this.writeRun(value);
  }

  writeValue(value: unknown, step?: string): void {
    try {
      writeValue(this, value);
    } catch (thrown) {
      throw step === undefined ? thrown : addStep(thrown, step);
    }
  }

  refuse(what: string, hint?: string): never {
    refuse(what, hint);
  }
}
