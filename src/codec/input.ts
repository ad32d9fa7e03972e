/** Where a decoding reads, and what it has made so far. */

import { SerializationError } from "../errors.ts";
import type { CrossingReader } from "./crossing.ts";
import { MAX_DEPTH } from "./format.ts";
import type { Keys } from "./read_plain.ts";
import { readString } from "./read_string.ts";
import { readValue } from "./read_value.ts";

/** How much of the list of objects is kept for the next message. */
const OBJECTS_KEPT = 64;

/** Stands for an object that was begun. */
const UNFINISHED = Symbol("unfinished");

const NOTHING: Uint8Array = new Uint8Array(0);

/** Refuses bytes that no encoder wrote. */
export function malformed(what: string, cause?: unknown): never {
  throw new SerializationError(`Cannot decode: ${what}`, "", { cause });
}

/** The state of one decoding. */
export class Input implements CrossingReader {
  bytes: Uint8Array = NOTHING;
  position = 0;
  depth = 0;
  context: unknown = undefined;
  /** The crossings that may occur, if not all may. */
  only: ReadonlySet<number> | undefined = undefined;
  /** The objects of the message, in the order in which they began; those behind `count` are old. */
  objects: unknown[] = [];
  /** How many objects there are. */
  count = 0;
  /** The lists of keys of the message. */
  shapes: Keys[] = [];
  /** Where the parts of buffers begin behind the values, or -1. */
  partsFrom = -1;
  /** Where the parts that were read so far end. */
  partsTo = 0;
  /** Which byte of the sender's buffer the first byte of a part is. */
  partStarts: Map<ArrayBuffer, number> | undefined = undefined;

  /** Begins. */
  begin(bytes: Uint8Array, context: unknown, only?: ReadonlySet<number>): void {
    this.bytes = bytes;
    this.context = context;
    this.only = only;
    this.position = 0;
    this.depth = 0;
    this.count = 0;
    this.partsFrom = -1;
    this.partsTo = 0;
  }

  /** Checks that everything was read. */
  finish(): void {
    const parts = this.partsFrom >= 0;
    const end = parts ? this.partsFrom : this.bytes.length;
    if (this.position !== end || (parts && this.partsTo !== this.bytes.length)) {
      malformed(`the value ends at byte ${this.position} of ${end}`);
    }
  }

  /** Ends, however it went; forgets the value. */
  end(): void {
    this.bytes = NOTHING;
    this.context = undefined;
    if (this.count > OBJECTS_KEPT) this.objects = [];
    else for (let i = 0; i < this.count; i++) this.objects[i] = UNFINISHED;
    while (this.shapes.length > 0) this.shapes.pop();
    this.partStarts = undefined;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.bytes.length - this.position;
  }

  /** Checks that there are `count` more bytes. */
  need(count: number): void {
    if (count > this.bytes.length - this.position) {
      malformed(`${count} bytes are announced at byte ${this.position} of ${this.bytes.length}`);
    }
  }

  /** Reads one byte. */
  readByte(): number {
    if (this.position >= this.bytes.length) malformed("the bytes end in the middle of a value");
    return this.bytes[this.position++]!;
  }

  /** Reads how many things follow, each of at least `size` bytes. */
  readCount(size: number): number {
    const count = this.readUint();
    this.need(count * size);
    return count;
  }

  /** Reserves a number for an object that begins now; it is `undefined` until it is set. */
  reserve(): number {
    this.objects[this.count] = UNFINISHED;
    return this.count++;
  }

  /** Numbers an object. */
  add(object: object): void {
    this.objects[this.count++] = object;
  }

  /** Numbers the buffer of a view. */
  addBufferOf(view: Uint8Array<ArrayBuffer>): void {
    this.objects[this.count++] = new BufferOf(view);
  }

  /** An object that began earlier. */
  objectAt(number: number): unknown {
    const object = number < this.count ? this.objects[number] : UNFINISHED;
    if (object === UNFINISHED) malformed(`a reference to object ${number}, which is not there`);
    if (object instanceof BufferOf) return this.objects[number] = object.view.buffer;
    return object;
  }

  /** Goes one container deeper. */
  enter(): void {
    if (++this.depth > MAX_DEPTH) malformed(`it is nested more than ${MAX_DEPTH} levels deep`);
  }

  /** Goes back. */
  leave(): void {
    this.depth--;
  }

  readUint(): number {
    let byte = this.readByte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    for (let i = 0; i < 7; i++) {
      byte = this.readByte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 0x80;
    }
    malformed(`an integer before byte ${this.position} is too large`);
  }

  readInt(): number {
    const value = this.readNumber();
    if (!Number.isSafeInteger(value)) malformed(`${value} is not an integer`);
    return value;
  }

  readNumber(): number {
    const value = readValue(this);
    if (typeof value !== "number") malformed("a number was expected");
    return value;
  }

  readString(): string {
    return readString(this);
  }

  /** Reads bytes into memory of their own. */
  readBytes(): Uint8Array<ArrayBuffer> {
    const length = this.readCount(1);
    const start = this.position;
    this.position += length;
    return copy(this.bytes, start, length);
  }

  readValue(): unknown {
    return readValue(this);
  }
}

/** A copy of a run of bytes; made from a view, its memory need not be zeroed first. */
export function copy(bytes: Uint8Array, start: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(start, start + length));
}

/** Stands for the buffer of a view until somebody asks: engines make it then, and small ones never. */
class BufferOf {
  readonly view: Uint8Array<ArrayBuffer>;

  constructor(view: Uint8Array<ArrayBuffer>) {
    this.view = view;
  }
}
