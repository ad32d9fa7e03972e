/**
 * The mappings of blocks that have lately carried a parcel: the next parcel may lie there again, as a channel uses
 * its large pieces over and over.
 *
 * Mapping a block and touching its pages for the first time costs more than copying what lies there
 * (`bench/queues.ts`). A mapping says which bytes of the file it shows, whatever becomes of them, so one that is kept
 * can show nothing wrong; pages that have been given back read as zeros.
 */
import type { Heap } from "../memory/heap.ts";
import type { BlockRange } from "../memory/blocks.ts";
import type { Mapping } from "../platform/port.ts";

/** How many mappings are kept. */
const MOST = 16;

/** How large a block is whose mapping is kept. */
const LARGEST = 9 * 2 ** 20;

interface Kept extends BlockRange {
  readonly mapping: Mapping;
}

const keptOf: WeakMap<Heap, Kept[]> = new WeakMap();

let count = 0;

/** How many mappings this process keeps, for tests and diagnostics. */
export function keptMappings(): number {
  return count;
}

/** Does something with the bytes of a block, which are not to be looked at any more when it is done. */
export function withBlock<T>(heap: Heap, range: BlockRange, act: (buffer: ArrayBuffer) => T): T {
  const { offset, byteLength } = range;
  if (byteLength > LARGEST) {
    const mapping = heap.mapRange(offset, byteLength);
    try {
      return act(mapping.buffer);
    } finally {
      mapping.unmap();
    }
  }
  let kept = keptOf.get(heap);
  if (kept === undefined) keptOf.set(heap, kept = []);
  const at = kept.findIndex((one) => one.offset === offset && one.byteLength === byteLength);
  // Out of the list while it is used: what is done with it may use others.
  const one = at < 0
    ? { offset, byteLength, mapping: heap.mapRange(offset, byteLength) }
    : kept.splice(at, 1)[0];
  try {
    return act(one.mapping.buffer);
  } finally {
    if (at < 0) count++;
    kept.unshift(one);
    if (kept.length > MOST) {
      kept.pop()!.mapping.unmap();
      count--;
    }
  }
}
