/**
 * Shared bytes: a block of the heap as an `ArrayBuffer` in every process that uses it.
 *
 * The words of the object:
 *
 * | word | meaning |
 * | --- | --- |
 * | block | the block, plus 1; 0 while there is none, or none any more |
 * | low, high | how many bytes, modulo 2^32 and divided by it |
 * | lock | see `lock_of.ts` |
 *
 * The block is its maker's until the object names it, then it lies inside the object, and at the end it is
 * the ender's before the object forgets it. So it goes whoever dies in between, and an end that is repeated
 * cannot take a block that lies inside another object by now.
 *
 * In each process the buffer is the handle. Its views cross as views of it.
 */
import { crossAs, registerCrossing } from "../codec/crossing.ts";
import { loadCargo } from "../codec/handle.ts";
import { OutOfMemoryError, UnsupportedError } from "../errors.ts";
import { insideOf } from "../memory/cells.ts";
import { roundUp, struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member, whenMember } from "../parking/member.ts";
import { currentRuntime } from "../runtime/current.ts";
import { oneState } from "../runtime/one_state.ts";
import { SHARED_BYTES } from "./kinds.ts";
import { endLock } from "./lock_word.ts";
import { detachBuffer, mapBuffer, type Mapped, unmap, viewMapped } from "./mapping.ts";
import { Spares } from "./spares.ts";

const BYTES = struct({ block: 1, low: 1, high: 1, lock: 1 });

/** Where the word of the lock stands. */
export const LOCK_OF_BYTES: number = BYTES.lock;

interface State {
  /** The object of each buffer of this process. */
  readonly objects: WeakMap<ArrayBuffer, WordIndex>;
  /** Those whose block this process has allocated. */
  readonly own: WeakSet<ArrayBuffer>;
  /** What is kept for the next: never more than this process has had at a time. */
  readonly spares: Spares;
  /** What is being disposed of right now. */
  disposal: Disposal | undefined;
}

/** An own buffer on its way out. */
interface Disposal {
  /** Its object. */
  readonly at: WordIndex;
  /** Where it was mapped. */
  readonly mapped: Mapped;
  /** Whether this was the end of the object, and its block is kept. */
  isKept: boolean;
}

const state = oneState<State>("shared bytes 1", () => ({
  objects: new WeakMap(),
  own: new WeakSet(),
  spares: new Spares(),
  disposal: undefined,
}));

const PAGE = 4096;

/**
 * Makes shared bytes of zeros.
 *
 * @throws {OutOfMemoryError} if there is no room for them.
 * @throws {UnsupportedError} if this runtime makes no view of that size.
 */
export function createBytes(byteLength: number): ArrayBuffer {
  const { largestView, name } = currentRuntime();
  if (byteLength > largestView) {
    throw new UnsupportedError(
      `Cannot share memory: asked for ${byteLength} bytes, ${name} views at most ${largestView}`,
    );
  }
  const self = member();
  const { heap: { words }, allocator: { blocks }, holdings } = self;
  const at = holdings.create(SHARED_BYTES, BYTES.size);
  try {
    words.store(at + BYTES.low, byteLength % 2 ** 32 | 0);
    words.store(at + BYTES.high, Math.floor(byteLength / 2 ** 32));
    if (byteLength === 0) return attach(self, at);
    const spare = state.spares.take(roundUp(byteLength, PAGE));
    const block = spare?.block ?? allocate(self, byteLength);
    words.store(at + BYTES.block, block + 1);
    blocks.handOver(block, self.owner, insideOf(at));
    const buffer = attach(self, at, spare?.mapped);
    state.own.add(buffer);
    if (spare !== undefined) new Uint8Array(buffer).fill(0);
    return buffer;
  } catch (error) {
    holdings.letGo(at);
    throw error;
  }
}

/** Allocates a block; at the cost of the spares, if there is no other way. */
function allocate({ allocator: { blocks } }: Member, byteLength: number): number {
  try {
    return blocks.allocate(byteLength);
  } catch (error) {
    const spares = state.spares.takeAll();
    if (spares.length === 0 || !(error instanceof OutOfMemoryError)) throw error;
    for (const { block, mapped } of spares) {
      unmap(mapped);
      blocks.free(block);
    }
    return blocks.allocate(byteLength);
  }
}

/** How many blocks of this process are kept for the next: for tests and diagnostics. */
export function spareBlocks(): number {
  return state.spares.size;
}

/** The object of a buffer; `undefined` if the buffer is not shared, or was disposed. */
export function bytesObject(buffer: ArrayBufferLike): WordIndex | undefined {
  return (buffer as ArrayBuffer).detached ? undefined : state.objects.get(buffer as ArrayBuffer);
}

/** This process lets go of a buffer, whose views are empty from now on; false if it is not shared. */
export function disposeBytes(buffer: ArrayBuffer): boolean {
  const at = state.objects.get(buffer);
  if (at === undefined) return false;
  if (buffer.detached) return true;
  const mapped = detachBuffer(buffer);
  const isOwn = mapped !== undefined && state.own.has(buffer);
  const disposal = isOwn ? { at, mapped, isKept: false } : undefined;
  state.disposal = disposal;
  member().handles.drop(at, buffer);
  state.disposal = undefined;
  if (mapped !== undefined && disposal?.isKept !== true) unmap(mapped);
  return true;
}

/** The buffer of an object; `mapped` says where its block is mapped already. */
function attach(self: Member, at: WordIndex, mapped?: Mapped): ArrayBuffer {
  return self.handles.get(at, () => {
    const { heap, allocator: { blocks } } = self;
    const block = heap.words.load(at + BYTES.block) - 1;
    const byteLength = 2 ** 32 * heap.words.load(at + BYTES.high) +
      (heap.words.load(at + BYTES.low) >>> 0);
    const offset = block < 0 ? 0 : blocks.range(block).offset;
    const buffer = mapped === undefined
      ? mapBuffer(heap.segment, offset, byteLength)
      : viewMapped(mapped, byteLength);
    state.objects.set(buffer, at);
    crossAs(buffer, SHARED_BYTES);
    return buffer;
  });
}

/** Nobody holds it any more. */
function end(self: Member, at: WordIndex): void {
  const { heap: { words }, allocator: { blocks }, holdings } = self;
  endLock(words, holdings, at + BYTES.lock);
  const block = words.load(at + BYTES.block) - 1;
  if (block < 0) return;
  const ours = blocks.handOver(block, insideOf(at), self.owner);
  words.store(at + BYTES.block, 0);
  if (!ours) return;
  const { disposal, spares } = state;
  const size = blocks.range(block).byteLength;
  if (disposal?.at === at && spares.keep(size, { block, mapped: disposal.mapped })) {
    disposal.isKept = true;
  } else {
    blocks.free(block);
  }
}

registerCrossing<ArrayBuffer>({
  tag: SHARED_BYTES,
  name: "shared memory",
  write(buffer, out) {
    const at = bytesObject(buffer);
    if (at === undefined) return out.refuse("a shared array that was disposed here");
    loadCargo(out.context, at);
    out.writeUint(at);
  },
  read: (input) => attach(member(), input.readUint()),
});

whenMember((self) => self.holdings.setEnder(SHARED_BYTES, (at) => end(self, at)));
