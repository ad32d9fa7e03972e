/** Messages on a connection: four bytes of length, least first, and as many bytes. */

/** How many bytes the length takes. */
export const FRAME_HEADER = 4;

/** The size of a message, unless asked for otherwise. */
export const LARGEST_MESSAGE: number = 64 * 2 ** 20;

/** Writes the length of a message in front of it. */
export function framed(message: Uint8Array): Uint8Array {
  new DataView(message.buffer, message.byteOffset).setUint32(
    0,
    message.length - FRAME_HEADER,
    true,
  );
  return message;
}

/**
 * Takes bytes as they come, and gives runs of asked lengths. It keeps what has come, never memory for what was
 * announced.
 */
export class Gatherer {
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** How many bytes are there. */
  get length(): number {
    return this.#length;
  }

  /** Adds a copy of bytes. */
  add(bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice());
    this.#length += bytes.length;
  }

  /** Takes so many bytes, if they are there. */
  take(count: number): Uint8Array | undefined {
    if (this.#length < count) return undefined;
    const whole = this.#joined();
    this.#chunks = [whole.subarray(count)];
    this.#length -= count;
    return whole.subarray(0, count);
  }

  /** The length of the message that comes next, if that is known. */
  announced(): number | undefined {
    if (this.#length < FRAME_HEADER) return undefined;
    const whole = this.#joined();
    return new DataView(whole.buffer, whole.byteOffset).getUint32(0, true);
  }

  #joined(): Uint8Array {
    if (this.#chunks.length === 1) return this.#chunks[0];
    // The header is looked at once for many chunks: those behind the first wait until all are there.
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [whole];
    return whole;
  }
}

/** Splits what comes into messages. */
export class Frames {
  readonly #gatherer: Gatherer;
  readonly #largest: number;
  #next: number | undefined;

  /**
   * @param gatherer What has come so far.
   * @param largest How many bytes a message may have.
   */
  constructor(gatherer: Gatherer, largest: number) {
    this.#gatherer = gatherer;
    this.#largest = largest;
  }

  /**
   * The next message, if all of it is there.
   *
   * @throws {RangeError} if it is too large.
   */
  next(): Uint8Array | undefined {
    this.#next ??= this.#gatherer.announced();
    if (this.#next === undefined) return undefined;
    if (this.#next > this.#largest) {
      throw new RangeError(
        `Cannot take a message of ${this.#next} bytes: at most ${this.#largest} are allowed`,
      );
    }
    const frame = this.#gatherer.take(FRAME_HEADER + this.#next);
    if (frame !== undefined) this.#next = undefined;
    return frame?.subarray(FRAME_HEADER);
  }
}
