/** What an encoder hands out when the bytes are not yet where they should be. */

/** A large run of bytes, and how many other bytes come before it. */
export interface Segment {
  readonly after: number;
  readonly bytes: Uint8Array;
}

/** A value as bytes that are not yet where they should be. */
export interface Encoding {
  /** How many bytes there are. */
  readonly byteLength: number;
  /**
   * Writes the bytes to the start of `target`; may be called again.
   * The bytes of large buffers are read now, not when the value was encoded.
   */
  writeTo(target: Uint8Array): void;
}

/** Bytes with gaps for the segments. */
export class Detached implements Encoding {
  readonly byteLength: number;
  readonly #body: Uint8Array;
  readonly #segments: readonly Segment[];

  constructor(body: Uint8Array, segments: readonly Segment[], byteLength: number) {
    this.#body = body;
    this.#segments = segments;
    this.byteLength = byteLength;
  }

  writeTo(target: Uint8Array): void {
    if (target.length < this.byteLength) {
      throw new RangeError(
        `Cannot write an encoding of ${this.byteLength} bytes: the target has ${target.length}`,
      );
    }
    let read = 0;
    let written = 0;
    for (const { after, bytes } of this.#segments) {
      target.set(this.#body.subarray(read, after), written);
      written += after - read;
      read = after;
      target.set(bytes, written);
      written += bytes.length;
    }
    target.set(read === 0 ? this.#body : this.#body.subarray(read), written);
  }
}
