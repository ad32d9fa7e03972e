/**
 * Parcels: encoded values in the heap, on their way from one process to another.
 *
 * Small ones lie in a cell, large ones in a block that is mapped only while it is written or read. A
 * parcel belongs to one owner, and goes with it if that one dies before the parcel was handed over.
 */
import type { Allocator, Heap } from "../memory/heap.ts";
import { LARGEST_CELL_BYTES } from "../memory/cells.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { Mapping } from "../platform/port.ts";
import { decode, type DecodeOptions } from "./decode.ts";
import { encode, type EncodeOptions, type Encoding } from "./encode.ts";

/**
 * Where a parcel lies, in one word: the payload of a cell if positive, block `-place - 1` if negative,
 * no parcel if 0.
 */
export type Place = number;

/** A block knows its length in pages only: in front of the bytes stands how many there are. */
const BLOCK_HEADER_BYTES = 8;

/** No parcel. */
export const NO_PARCEL: Place = 0;

/** A heap and what this process allocates in it. */
export interface ParcelRoom {
  /** Where parcels lie. */
  readonly heap: Heap;
  /** What they are allocated with. */
  readonly allocator: Allocator;
}

/** A value as a parcel that belongs to this process. */
export function packParcel(room: ParcelRoom, value: unknown, options?: EncodeOptions): Place {
  return storeParcel(room, encode(value, options));
}

/**
 * An encoding as a parcel that belongs to this process.
 *
 * @throws {OutOfMemoryError} if there is no room for it.
 */
export function storeParcel({ heap, allocator }: ParcelRoom, encoding: Encoding): Place {
  const { byteLength } = encoding;
  if (byteLength <= LARGEST_CELL_BYTES) {
    const cell = allocator.cells.allocate(byteLength);
    encoding.writeTo(heap.bytesAt(cell, byteLength));
    return cell;
  }
  const block = allocator.blocks.allocate(BLOCK_HEADER_BYTES + byteLength);
  const mapping = mapBlock(heap, allocator, block);
  try {
    new Float64Array(mapping.buffer, 0, 1)[0] = byteLength;
    encoding.writeTo(new Uint8Array(mapping.buffer, BLOCK_HEADER_BYTES, byteLength));
  } finally {
    mapping.unmap();
  }
  return -block - 1;
}

/** The value of a parcel; the parcel stays. */
export function openParcel(
  { heap, allocator }: ParcelRoom,
  place: Place,
  options?: DecodeOptions,
): unknown {
  if (place > 0) {
    return decode(heap.bytesAt(place, allocator.cells.byteLength(place)), options);
  }
  const mapping = mapBlock(heap, allocator, -place - 1);
  try {
    const [byteLength] = new Float64Array(mapping.buffer, 0, 1);
    return decode(new Uint8Array(mapping.buffer, BLOCK_HEADER_BYTES, byteLength), options);
  } finally {
    mapping.unmap();
  }
}

function mapBlock(heap: Heap, allocator: Allocator, block: number): Mapping {
  const { offset, byteLength } = allocator.blocks.range(block);
  return heap.mapRange(offset, byteLength);
}

/** Frees a parcel. */
export function freeParcel({ allocator }: ParcelRoom, place: Place): void {
  if (place > 0) allocator.cells.free(place);
  else if (place < 0) allocator.blocks.free(-place - 1);
}

/** Whose a parcel is. */
export function ownerOfParcel({ allocator }: ParcelRoom, place: Place): number {
  return place > 0 ? allocator.cells.ownerOf(place) : allocator.blocks.ownerOf(-place - 1);
}

/** Hands a parcel over; false if it was not `from`'s any more. */
export function handOverParcel(
  { allocator }: ParcelRoom,
  place: Place,
  from: OwnerId,
  to: OwnerId,
): boolean {
  return place > 0
    ? allocator.cells.handOver(place, from, to)
    : allocator.blocks.handOver(-place - 1, from, to);
}
