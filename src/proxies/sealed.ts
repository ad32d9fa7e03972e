/**
 * Values that a manager keeps as bytes, and never opens: what a dict holds costs the manager no decoding,
 * needs no class there, and is equal to another value if the bytes are.
 *
 * A {@linkcode Sealing} is written closed and arrives as {@linkcode Sealed}; a Sealed is written as it is and
 * arrives as the value. Shared objects that are mentioned stay as long as the Sealed is kept: they are cargo of a
 * parcel that has no other contents, so they also go if the manager dies.
 */
import { registerCrossing } from "../codec/crossing.ts";
import { decode } from "../codec/decode.ts";
import { encode } from "../codec/encode.ts";
import type { Encoding } from "../codec/encoding.ts";
import { loadCargo } from "../codec/handle.ts";
import { Foreign, PASSING_THROUGH } from "./foreign.ts";
import { freeParcel, NO_PARCEL, storeParcel } from "../codec/parcel.ts";
import type { WordIndex } from "../memory/words.ts";
import { Cargo } from "../owner/cargo.ts";
import { member } from "../parking/member.ts";
import { KIND } from "./kinds.ts";

/** What needs no sealing: it is compared, copied and sent as it is. */
export type Primitive = string | number | bigint | boolean | null | undefined;

/** What a manager keeps. */
export type Stored = Primitive | Sealed;

const EMPTY: Encoding = { byteLength: 0, writeTo: () => {} };

/** A value to be sent closed. */
export class Sealing {
  /** The value. */
  readonly value: unknown;
  /** What it is called in the path of an error. */
  readonly root: string;

  /**
   * @param value The value.
   * @param root What it is called in the path of an error.
   */
  constructor(value: unknown, root: string) {
    this.value = value;
    this.root = root;
  }
}

/** A value as bytes. */
export class Sealed {
  /** The value, encoded. */
  readonly bytes: Uint8Array;
  /** The shared objects that it mentions. */
  readonly objects: readonly WordIndex[];
  /** Whether somebody keeps it beyond the call that brought it. */
  isKept = false;
  #hold = NO_PARCEL;

  /**
   * @param bytes The value, encoded.
   * @param objects The shared objects that it mentions; they are counted by something else at this moment.
   */
  constructor(bytes: Uint8Array, objects: readonly WordIndex[]) {
    this.bytes = bytes;
    this.objects = objects;
    if (objects.length === 0) return;
    const self = member();
    const cargo = new Cargo(self);
    try {
      for (const at of objects) cargo.load(at);
      this.#hold = storeParcel(self, { encoding: EMPTY, cargo });
    } finally {
      cargo.unload();
    }
  }

  /** The value. */
  open(): unknown {
    return decode(this.bytes);
  }

  /** It is not needed any more. */
  free(): void {
    const hold = this.#hold;
    this.#hold = NO_PARCEL;
    if (hold !== NO_PARCEL) freeParcel(member(), hold);
  }
}

/** A value as it is sent: primitives as they are, everything else closed. */
export function seal(value: unknown, root = "value"): unknown {
  switch (typeof value) {
    case "object":
      return value === null ? value : new Sealing(value, root);
    case "function":
    case "symbol":
      return new Sealing(value, root);
    default:
      return value;
  }
}

/** The value of something that was stored. */
export function opened(stored: Stored): unknown {
  return stored instanceof Sealed ? stored.open() : stored;
}

/** Whether two stored things are the same value: the same bytes, or as `Map` compares its keys. */
export function isSame(a: Stored, b: Stored): boolean {
  if (a instanceof Sealed) return b instanceof Sealed && isSameBytes(a.bytes, b.bytes);
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Bytes from outside are trusted by nobody: they were opened with care, and what is kept is written here. */
function resealed(value: unknown): Sealed {
  const cargo = new Cargo(member());
  const objects: WordIndex[] = [];
  const context = {
    load(at: WordIndex) {
      cargo.load(at);
      objects.push(at);
    },
  };
  try {
    const sealed = new Sealed(bytesOf(value, "value", context), objects);
    if (objects.length > 0) arrivals.push(sealed);
    return sealed;
  } finally {
    cargo.unload();
  }
}

function bytesOf(value: unknown, root: string, context: unknown): Uint8Array {
  const encoding = encode(value, { root, context });
  const bytes = new Uint8Array(encoding.byteLength);
  encoding.writeTo(bytes);
  return bytes;
}

let arrivals: Sealed[] = [];

/** What has arrived closed since the last call, and mentions shared objects: who takes it must free it. */
export function takeArrivals(): readonly Sealed[] {
  if (arrivals.length === 0) return arrivals;
  const taken = arrivals;
  arrivals = [];
  return taken;
}

registerCrossing<object>({
  tag: KIND.sealing,
  name: "Sealing",
  prototype: Sealing.prototype,
  write(sealing, out) {
    const { value, root } = sealing as Sealing;
    const objects: WordIndex[] = [];
    const context = out.context instanceof Foreign ? out.context : {
      load(at: WordIndex) {
        loadCargo(out.context, at);
        objects.push(at);
      },
    };
    out.writeBytes(bytesOf(value, root, context));
    out.writeUint(objects.length);
    for (const at of objects) out.writeUint(at);
  },
  read(input) {
    const bytes = input.readBytes();
    if (input.context instanceof Foreign) {
      input.readUint();
      return resealed(input.context.decode(bytes));
    }
    const objects = Array.from({ length: input.readUint() }, () => input.readUint());
    const sealed = new Sealed(bytes, objects);
    if (objects.length > 0) arrivals.push(sealed);
    return sealed;
  },
});

registerCrossing<object>({
  tag: KIND.sealed,
  name: "Sealed",
  prototype: Sealed.prototype,
  write(sealed, out) {
    const { bytes, objects } = sealed as Sealed;
    if (out.context instanceof Foreign && objects.length > 0) {
      const value = decode(bytes, { context: PASSING_THROUGH });
      return out.writeBytes(bytesOf(value, "value", out.context));
    }
    for (const at of objects) loadCargo(out.context, at);
    out.writeBytes(bytes);
  },
  read(input) {
    const bytes = input.readBytes();
    const { context } = input;
    return (context instanceof Foreign ? context.decode(bytes) : decode(bytes)) as object;
  },
});
