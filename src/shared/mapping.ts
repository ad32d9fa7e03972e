/**
 * Shared memory as buffers of this process, each with a mapping of its own.
 *
 * A mapping ends when its buffer is detached by {@linkcode unmapBuffer}, or when the engine has collected
 * it. A view keeps its buffer, so no view ever reaches for memory that is not mapped.
 */
import { currentPlatform } from "../platform/current.ts";
import type { Segment } from "../platform/port.ts";
import { currentRuntime } from "../runtime/current.ts";
import { oneState } from "../runtime/one_state.ts";
import type { Address } from "../runtime/port.ts";

/** A segment that one mapping alone needs, and that is closed with it. */
export class Lease {
  /** The segment. */
  readonly segment: Segment;
  #open = true;

  /** @param segment An open segment. */
  constructor(segment: Segment) {
    this.segment = segment;
  }

  /** Others need not count with this process any more. */
  leave(): void {
    if (this.#open) currentPlatform().named.leave(this.segment);
  }

  /** Closes the segment. Nothing happens the second time. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    currentPlatform().close(this.segment);
  }
}

/** Where a range is mapped in this process. */
export interface Mapped {
  /** Its first byte. */
  readonly address: Address;
  /** How many there are. */
  readonly byteLength: number;
  /** What ends with it. */
  readonly lease?: Lease;
}

const { mappings, collected } = oneState("mappings 1", () => ({
  mappings: new WeakMap<ArrayBuffer, Mapped>(),
  collected: new FinalizationRegistry<Mapped>(unmap),
}));

/** Taken before anybody could replace it. */
const { transfer } = ArrayBuffer.prototype;

/**
 * What `transfer()` moves out of a buffer, the engine would go on using after the mapping has ended.
 * `structuredClone` and `postMessage` with a transfer list cannot be kept from it: see README.md.
 */
const GUARDS: PropertyDescriptorMap = Object.fromEntries(
  ["transfer", "transferToFixedLength"].map((name) => [name, { value: refuseTransfer }]),
);

/**
 * Maps a range of a segment; no bytes are a buffer without a mapping.
 *
 * @param segment The segment; a lease ends with the mapping.
 * @throws {OutOfMemoryError} if this process has no room for another mapping.
 * @throws {UnsupportedError} if the runtime makes no view of that size.
 */
export function mapBuffer(
  segment: Segment | Lease,
  offset: number,
  byteLength: number,
): ArrayBuffer {
  if (byteLength === 0) {
    if (segment instanceof Lease) segment.end();
    return Object.defineProperties(new ArrayBuffer(0), GUARDS);
  }
  const lease = segment instanceof Lease ? segment : undefined;
  const from = segment instanceof Lease ? segment.segment : segment;
  const { address, buffer } = currentPlatform().map(from, offset, byteLength);
  return guard(buffer, { address, byteLength, lease });
}

/** A new buffer over the first bytes of what is mapped, and was detached from another. */
export function viewMapped(mapped: Mapped, byteLength: number): ArrayBuffer {
  return guard(currentRuntime().view(mapped.address, byteLength), mapped);
}

function guard(buffer: ArrayBuffer, mapped: Mapped): ArrayBuffer {
  Object.defineProperties(buffer, GUARDS);
  mappings.set(buffer, mapped);
  collected.register(buffer, mapped, buffer);
  return buffer;
}

/** Detaches a buffer: late use reads `undefined` or throws. What was mapped stays, and is the caller's. */
export function detachBuffer(buffer: ArrayBuffer): Mapped | undefined {
  if (buffer.detached) return undefined;
  transfer.call(buffer);
  collected.unregister(buffer);
  return mappings.get(buffer);
}

/** Detaches a buffer and ends its mapping. */
export function unmapBuffer(buffer: ArrayBuffer): void {
  const mapped = detachBuffer(buffer);
  if (mapped !== undefined) unmap(mapped);
}

/** Ends a mapping that no buffer views. */
export function unmap({ address, byteLength, lease }: Mapped): void {
  currentPlatform().unmap(address, byteLength);
  lease?.end();
}

function refuseTransfer(): never {
  throw new TypeError(
    "Cannot transfer a shared buffer: other processes use it, too; copy it with slice()",
  );
}

/** Whether a buffer is mapped memory. */
export function isMapped(buffer: ArrayBufferLike): boolean {
  return mappings.has(buffer as ArrayBuffer) && !(buffer as ArrayBuffer).detached;
}
