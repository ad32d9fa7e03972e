/**
 * Keys: what is looked for, as encoded bytes.
 *
 * Two keys are the same if their bytes are. The codec's bytes depend on the value alone, and NaN has one
 * encoding, so primitives are compared as `Map` does once -0 is 0.
 */
import { encodeOrSpill } from "../codec/encode.ts";
import type { Cargo } from "../owner/cargo.ts";
import { hashOf } from "./hash.ts";
import { wordsOf } from "./layout.ts";

/** How long the bytes of a key can be: it lies beside its value in a cell, if the value is not too large. */
export const LARGEST_KEY_BYTES: number = 2 ** 19;

const SCRATCH_WORDS = 256;

/** A key as bytes. */
export class Key {
  /** Its bytes, and zeros to the end of the last word. */
  words: Int32Array = new Int32Array(SCRATCH_WORDS);
  /** How many bytes. */
  byteLength = 0;
  /** Their hash. */
  hash = 0;
  #bytes = new Uint8Array(this.words.buffer);

  /**
   * Becomes the key of a value.
   *
   * @throws {SerializationError} if something in it cannot cross.
   * @throws {RangeError} if it is too long.
   */
  encode(value: unknown, seed: number, cargo: Cargo): void {
    const outcome = encodeOrSpill(this.#bytes, value === 0 ? 0 : value, {
      root: "key",
      context: cargo,
    });
    if (typeof outcome === "number") this.#end(outcome, seed);
    else {
      this.#reserve(outcome.byteLength);
      outcome.writeTo(this.#bytes);
      this.#end(outcome.byteLength, seed);
    }
  }

  /** Becomes the key of these bytes. */
  take(bytes: Uint8Array, seed: number): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes);
    this.#end(bytes.length, seed);
  }

  #reserve(byteLength: number): void {
    if (byteLength > LARGEST_KEY_BYTES) {
      throw new RangeError(
        `Cannot use the key: encoded it has ${byteLength} bytes, it can have ${LARGEST_KEY_BYTES}`,
      );
    }
    if (byteLength <= this.#bytes.length) return;
    this.words = new Int32Array(wordsOf(byteLength));
    this.#bytes = new Uint8Array(this.words.buffer);
  }

  #end(byteLength: number, seed: number): void {
    this.byteLength = byteLength;
    // Encoding leaves anything behind the bytes.
    if ((byteLength & 3) !== 0) this.#bytes.fill(0, byteLength, (byteLength + 3) & ~3);
    this.hash = hashOf(this.words, byteLength, seed);
  }
}
