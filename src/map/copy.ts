/** What a look at an entry brings home. */

const SCRATCH_WORDS = 1024;

/** A copy of a value's bytes, and the stamp of its entry. */
export class Copy {
  /** The words. */
  words: Int32Array = new Int32Array(SCRATCH_WORDS);
  /** How many bytes. */
  byteLength = 0;
  /** The stamp of the entry. */
  stamp = 0;
  #bytes = new Uint8Array(this.words.buffer);

  /** The bytes, until the next copy. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.byteLength);
  }

  /** Makes room. */
  reserve(byteLength: number): void {
    this.byteLength = byteLength;
    if (byteLength <= this.#bytes.length) return;
    this.words = new Int32Array(2 ** Math.ceil(Math.log2(byteLength / 4)));
    this.#bytes = new Uint8Array(this.words.buffer);
  }
}
