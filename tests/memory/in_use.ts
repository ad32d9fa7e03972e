/** What the heap takes: pieces, and memory of the machine. */
import { statSync } from "node:fs";
import { SPAN_BYTES } from "../../src/memory/layout.ts";
import { member } from "../../src/parking/member.ts";

/** Room for what stays of a process's own spans when all is free: one for each size, in bytes. */
export const SLACK: number = 16 * SPAN_BYTES;

/** How many cells and blocks are allocated, whosesoever. */
export function inUse(): readonly number[] {
  const { cells, blocks } = member().allocator;
  return [cells.count(), blocks.count()];
}

/** How many bytes of the heap have pages, as the kernel counts them, but for what is kept for the next. */
export function heapBytes(): number {
  const { heap, allocator } = member();
  return statSync(`/proc/self/fd/${heap.segment}`).blocks * 512 - allocator.cells.spareBytes;
}
