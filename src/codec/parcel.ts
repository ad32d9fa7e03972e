/**
 * Parcels: encoded values in the heap, on their way from one process to another.
 *
 * Small ones lie in a cell, large ones in a block that is mapped only while it is written or read. A
 * parcel belongs to one owner, and goes with it if that one dies before the parcel was handed over.
 *
 * | where | words |
 * | --- | --- |
 * | 0, 1 (blocks only) | the length of the whole in bytes, a float64: a block itself knows pages only |
 * | then | the cargo list of `owner/cargo.ts`: how many shared objects the value mentions, and which |
 * | then | the encoded value |
 */
import { LARGEST_CELL_BYTES } from "../memory/cells.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import { Cargo, CARGO_OF_BLOCK, landCargo } from "../owner/cargo.ts";
import type { Member } from "../parking/member.ts";
import { withBlock } from "./block_mappings.ts";
import { decode } from "./decode.ts";
import { encode, encodeOrSpill, type Encoding } from "./encode.ts";

/**
 * Where a parcel lies, in one word: the payload of a cell if positive, block `-place - 1` if negative,
 * no parcel if 0.
 */
export type Place = number;

/** No parcel. */
export const NO_PARCEL: Place = 0;

/** Cargo that nothing was loaded into, and whose: hardly any message mentions something shared, and to make it is dear. */
let idleCargo: Cargo | undefined;
let idleMember: Member | undefined;

/** A value that was encoded, and the shared objects that it mentions. */
export interface Shipment {
  /** The bytes. */
  readonly encoding: Encoding;
  /** What they mention. */
  readonly cargo: Cargo;
}

/**
 * Encodes a value that will be sent; store it with {@linkcode storeParcel} or give it up with
 * `cargo.unload()`.
 *
 * @param root What the value is called in the path of an error.
 * @throws {SerializationError} if something in it cannot cross; nothing is left behind.
 */
export function prepare(member: Member, value: unknown, root: string): Shipment {
  const cargo = new Cargo(member);
  try {
    return { encoding: encode(value, { root, context: cargo }), cargo };
  } catch (error) {
    cargo.unload();
    throw error;
  }
}

/**
 * Encodes a value into memory that is at hand, if it fits there and mentions nothing shared.
 *
 * @returns How many bytes it took, or what must become a parcel.
 * @throws {SerializationError} if something in it cannot cross; nothing is left behind.
 */
export function prepareInline(
  member: Member,
  target: Uint8Array,
  value: unknown,
  root: string,
): number | Shipment {
  const cargo = takeCargo(member);
  try {
    const outcome = encodeOrSpill(target, value, { root, context: cargo });
    if (typeof outcome !== "number") return { encoding: outcome, cargo };
    if (cargo.size === 0) {
      idleCargo = cargo;
      idleMember = member;
      return outcome;
    }
    const bytes = target.slice(0, outcome);
    return { encoding: { byteLength: outcome, writeTo: (to) => to.set(bytes) }, cargo };
  } catch (error) {
    cargo.unload();
    throw error;
  }
}

function takeCargo(member: Member): Cargo {
  if (idleMember !== member) return new Cargo(member);
  // Not to be had meanwhile: a getter in the value may put something, too.
  idleMember = undefined;
  return idleCargo!;
}

/** Memory that has carried a parcel and can carry another. */
export interface Pieces {
  /** A piece with room for a parcel of so many bytes, which belongs to this process now; or none. */
  take(byteLength: number): Place;
  /** Keeps the memory of a parcel of this process, which carries nothing shared; false if it is not to be kept. */
  keep(place: Place): boolean;
}

/** A value as a parcel that belongs to this process. */
export function packParcel(member: Member, value: unknown, root: string, pieces?: Pieces): Place {
  return storeParcel(member, prepare(member, value, root), pieces);
}

/**
 * A shipment as a parcel that belongs to this process.
 *
 * @param pieces Where to look for memory first.
 * @throws {OutOfMemoryError} if there is no room for it; nothing is left behind.
 */
export function storeParcel(member: Member, shipment: Shipment, pieces?: Pieces): Place {
  const { encoding, cargo } = shipment;
  const byteLength = cargo.words * 4 + encoding.byteLength;
  let place = NO_PARCEL;
  try {
    if (pieces !== undefined && cargo.size === 0) place = pieces.take(byteLength);
    if (place > 0) member.allocator.cells.resize(place, byteLength);
    if (place === NO_PARCEL) place = allocate(member, byteLength);
    write(member, place, byteLength, shipment);
    return place;
  } catch (error) {
    if (place !== NO_PARCEL) freeMemory(member, place);
    cargo.unload();
    throw error;
  }
}

/** How many bytes a parcel in this place can have. */
export function capacityOfParcel({ allocator: { cells, blocks } }: Member, place: Place): number {
  if (place > 0) return cells.capacity(place);
  return blocks.range(-place - 1).byteLength - CARGO_OF_BLOCK;
}

/** Whether a parcel mentions something shared. */
export function isTagged({ allocator: { cells, blocks } }: Member, place: Place): boolean {
  return place > 0 ? cells.isTagged(place) : place < 0 && blocks.isTagged(-place - 1);
}

/** The value of a parcel; the parcel stays. */
export function openParcel(member: Member, place: Place): unknown {
  return withContents(member, place, (contents) => {
    const [count] = new Int32Array(contents.buffer, contents.byteOffset, 1);
    return decode(contents.subarray((1 + count) * 4));
  });
}

/** Frees a parcel, and lets go of what it mentions. */
export function freeParcel(member: Member, place: Place): void {
  if (isTagged(member, place)) {
    withContents(member, place, ({ buffer, byteOffset, byteLength }) => {
      landCargo(member.holdings, new Int32Array(buffer, byteOffset, byteLength >> 2));
    });
  }
  freeMemory(member, place);
}

/** Whose a parcel is. */
export function ownerOfParcel({ allocator }: Member, place: Place): number {
  return place > 0 ? allocator.cells.ownerOf(place) : allocator.blocks.ownerOf(-place - 1);
}

/** Hands a parcel over; false if it was not `from`'s any more. */
export function handOverParcel(
  { allocator }: Member,
  place: Place,
  from: OwnerId,
  to: OwnerId,
): boolean {
  return place > 0
    ? allocator.cells.handOver(place, from, to)
    : allocator.blocks.handOver(-place - 1, from, to);
}

function allocate({ allocator: { cells, blocks } }: Member, byteLength: number): Place {
  if (byteLength <= LARGEST_CELL_BYTES) return cells.allocate(byteLength);
  return -blocks.allocate(CARGO_OF_BLOCK + byteLength) - 1;
}

function freeMemory({ allocator: { cells, blocks } }: Member, place: Place): void {
  if (place > 0) cells.free(place);
  else if (place < 0) blocks.free(-place - 1);
}

function write(
  member: Member,
  place: Place,
  byteLength: number,
  { encoding, cargo }: Shipment,
): void {
  const { heap, allocator: { cells, blocks } } = member;
  if (place > 0) {
    return fill(heap.bytesAt(place, byteLength), encoding, cargo, () => cells.tag(place));
  }
  withBlock(heap, blocks.range(-place - 1), (buffer) => {
    new Float64Array(buffer, 0, 1)[0] = byteLength;
    const target = new Uint8Array(buffer, CARGO_OF_BLOCK, byteLength);
    fill(target, encoding, cargo, () => blocks.tag(-place - 1));
  });
}

function fill(target: Uint8Array, encoding: Encoding, cargo: Cargo, tag: () => void): void {
  encoding.writeTo(target.subarray(cargo.words * 4));
  cargo.writeTo(new Int32Array(target.buffer, target.byteOffset, cargo.words), tag);
}

function withContents<T>(member: Member, place: Place, use: (contents: Uint8Array) => T): T {
  const { heap, allocator: { cells, blocks } } = member;
  if (place > 0) return use(heap.bytesAt(place, cells.byteLength(place)));
  return withBlock(heap, blocks.range(-place - 1), (buffer) => {
    const [byteLength] = new Float64Array(buffer, 0, 1);
    return use(new Uint8Array(buffer, CARGO_OF_BLOCK, byteLength));
  });
}
