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
import { UnsupportedError } from "../errors.ts";
import { insideOf } from "../memory/cells.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member, whenMember } from "../parking/member.ts";
import { currentRuntime } from "../runtime/current.ts";
import { oneState } from "../runtime/one_state.ts";
import { SHARED_BYTES } from "./kinds.ts";
import { endLock } from "./lock_word.ts";
import { mapBuffer, unmapBuffer } from "./mapping.ts";

const BYTES = struct({ block: 1, low: 1, high: 1, lock: 1 });

/** Where the word of the lock stands. */
export const LOCK_OF_BYTES: number = BYTES.lock;

const { objects } = oneState("shared bytes 1", () => ({
  objects: new WeakMap<ArrayBuffer, WordIndex>(),
}));

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
    if (byteLength > 0) {
      const block = blocks.allocate(byteLength);
      words.store(at + BYTES.block, block + 1);
      blocks.handOver(block, self.owner, insideOf(at));
    }
    return attach(self, at);
  } catch (error) {
    holdings.letGo(at);
    throw error;
  }
}

/** The object of a buffer; `undefined` if the buffer is not shared, or was disposed. */
export function bytesObject(buffer: ArrayBufferLike): WordIndex | undefined {
  return (buffer as ArrayBuffer).detached ? undefined : objects.get(buffer as ArrayBuffer);
}

/** This process lets go of a buffer, whose views are empty from now on; false if it is not shared. */
export function disposeBytes(buffer: ArrayBuffer): boolean {
  const at = objects.get(buffer);
  if (at === undefined) return false;
  if (buffer.detached) return true;
  member().handles.drop(at, buffer);
  unmapBuffer(buffer);
  return true;
}

function attach(self: Member, at: WordIndex): ArrayBuffer {
  return self.handles.get(at, () => {
    const { heap, allocator: { blocks } } = self;
    const block = heap.words.load(at + BYTES.block) - 1;
    const byteLength = 2 ** 32 * heap.words.load(at + BYTES.high) +
      (heap.words.load(at + BYTES.low) >>> 0);
    const offset = block < 0 ? 0 : blocks.range(block).offset;
    const buffer = mapBuffer(heap.segment, offset, byteLength);
    objects.set(buffer, at);
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
  if (ours) blocks.free(block);
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
