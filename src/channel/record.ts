/**
 * Records: how messages lie in the segments of a channel.
 *
 * A record is a header and some words behind it:
 *
 * | bits 0–1 of the header | bit 2 | bits 3–15 | bits 16–31 | behind it |
 * | --- | --- | --- | --- | --- |
 * | 0 INLINE | BYTES | how many bytes | weight | the bytes, in whole words |
 * | 1 PARCEL | BYTES | 0 | 0 | place, weight, how many bytes |
 * | 2 LINK | 0 | 0 | 0 | the first word of the next segment, the first word of this one |
 *
 * BYTES says that the message is bytes, and not an encoded value: inline as they are, in a parcel encoded.
 */
import { NO_PARCEL, type Place } from "../codec/parcel.ts";

const PARCEL = 1;
const LINK = 2;
const KINDS = 3;
const BYTES = 4;

/** How many bytes can lie in a record itself; see `bench/queues.ts`. */
export const INLINE_BYTES = 512;

/** How many words a link takes. */
export const LINK_WORDS = 3;
/** The header of a link. */
export const LINK_HEADER: number = LINK;
/** How many words stand behind the header of a record with a parcel. */
const PARCEL_WORDS = 3;

/** A message on its way into a channel. */
export class Draft {
  /** The header of its record. */
  header = 0;
  /** How many words stand behind the header. */
  bodyWords = 0;
  /** The parcel that it names, or none. */
  place: Place = NO_PARCEL;
  /** How much it weighs. */
  weight = 1;
  /** The words behind the header. */
  readonly body: Int32Array = new Int32Array(INLINE_BYTES / 4);
  /** The same as bytes. */
  readonly bytes: Uint8Array = new Uint8Array(this.body.buffer);

  /** The message is the first bytes of {@linkcode Draft.bytes}. */
  setInline(byteLength: number, weight: number, isBytes: boolean): void {
    this.header = (isBytes ? BYTES : 0) | (byteLength << 3) | (weight << 16);
    this.bodyWords = (byteLength + 3) >> 2;
    this.place = NO_PARCEL;
    this.weight = weight;
  }

  /** The message is a parcel. */
  setParcel(place: Place, weight: number, isBytes: boolean, byteLength: number): void {
    this.header = PARCEL | (isBytes ? BYTES : 0);
    this.body[0] = place;
    this.body[1] = weight;
    this.body[2] = byteLength;
    this.bodyWords = PARCEL_WORDS;
    this.place = place;
    this.weight = weight;
  }
}

/** A message on its way out of a channel. */
export class Taken {
  /** How many bytes it has. */
  byteLength = 0;
  /** Whether it is bytes. */
  isBytes = false;
  /** The parcel that it lies in, or none: then see {@linkcode Taken.inline}. */
  place: Place = NO_PARCEL;
  /** How much it weighs. */
  weight = 0;
  /** How many words stand behind the header. */
  bodyWords = 0;
  /** The words behind the header. */
  readonly body: Int32Array = new Int32Array(INLINE_BYTES / 4);
  readonly #views: Uint8Array[] = [];

  /** The bytes of a message that lies in no parcel; they are others with the next message. */
  inline(): Uint8Array {
    const { byteLength } = this;
    // Making a view costs more than all the rest of taking a small message.
    return this.#views[byteLength] ??= new Uint8Array(this.body.buffer, 0, byteLength);
  }

  /** Understands a header; of a parcel the words behind it must follow, see {@linkcode Taken.readParcel}. */
  readHeader(header: number): void {
    this.isBytes = (header & BYTES) !== 0;
    this.place = NO_PARCEL;
    if ((header & KINDS) === PARCEL) {
      this.bodyWords = PARCEL_WORDS;
    } else {
      this.byteLength = (header >>> 3) & 0x1fff;
      this.bodyWords = (this.byteLength + 3) >> 2;
      this.weight = header >>> 16;
    }
  }

  /** Understands the words behind the header of a parcel. */
  readParcel(): void {
    this.place = this.body[0];
    this.weight = this.body[1];
    this.byteLength = this.body[2];
  }
}

/** Whether a header is that of a link. */
export function isLink(header: number): boolean {
  return header === LINK_HEADER;
}

/** Whether a header is that of a record with a parcel. */
export function hasParcel(header: number): boolean {
  return (header & KINDS) === PARCEL;
}
