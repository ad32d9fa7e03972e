/**
 * The heap: one nameless segment that a process and all its descendants share.
 *
 * The small region is mapped once by each; blocks are mapped when they are used.
 */
import { ProcessError } from "../errors.ts";
import type { Mapping, Platform, Segment } from "../platform/port.ts";
import { Blocks } from "./blocks.ts";
import { Cells } from "./cells.ts";
import { HEADER, MAGIC, REGION_BYTES, SPAN_BYTES, TABLE_BYTES } from "./layout.ts";
import type { OwnerId } from "./owner_id.ts";
import { type Scans, Spans } from "./spans.ts";
import { type Kernel, PlainWords, type WordIndex, Words } from "./words.ts";

/** A heap as one process sees it. */
export class Heap {
  /** The words of the small region. */
  readonly words: Words;
  /** The same, for those that one process touches at a time. */
  readonly plain: PlainWords;
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** Sleeping on its words. */
  readonly kernel: Kernel;
  /** The platform that it was mapped with. */
  readonly platform: Platform;
  /** The segment: what another process opens by our pid. */
  readonly segment: Segment;
  readonly #region: Mapping;

  private constructor(platform: Platform, segment: Segment, region: Mapping) {
    this.platform = platform;
    this.segment = segment;
    this.#region = region;
    this.words = new Words(new Int32Array(this.#region.buffer));
    this.plain = new PlainWords(this.#region.buffer);
    this.bytes = new Uint8Array(this.#region.buffer);
    const { address } = this.#region;
    this.kernel = {
      wait: (at, expected, milliseconds) => platform.wait(address + at * 4, expected, milliseconds),
      wake: (at, count) => platform.wake(address + at * 4, count),
    };
  }

  /**
   * Makes the heap of a new tree of processes.
   *
   * @throws {OutOfMemoryError} if there is no room for its tables.
   */
  static create(platform: Platform): Heap {
    const segment = platform.createSegment(REGION_BYTES);
    try {
      platform.reserve(segment, 0, TABLE_BYTES);
      const heap = new Heap(platform, segment, platform.map(segment, 0, REGION_BYTES));
      heap.words.store(HEADER.magic, MAGIC);
      return heap;
    } catch (error) {
      platform.close(segment);
      throw error;
    }
  }

  /**
   * Joins the heap of another process, by its descriptor or by the name that the heap has.
   *
   * @throws {ProcessError} if that process is gone, or its heap has another layout.
   */
  static attach(platform: Platform, pid: number, fd: number, name?: string): Heap {
    const segment = platform.openSegment(pid, fd, name);
    let region: Mapping | undefined;
    try {
      region = platform.map(segment, 0, REGION_BYTES);
      const heap = new Heap(platform, segment, region);
      const magic = heap.words.load(HEADER.magic);
      if (magic === MAGIC) return heap;
      throw new ProcessError(
        `Cannot join the heap of process ${pid}: its layout is ${magic.toString(16)}, ` +
          `this version's is ${MAGIC.toString(16)}; use the same version of the module in both`,
      );
    } catch (error) {
      region?.unmap();
      platform.close(segment);
      throw error;
    }
  }

  /** The payload of a cell as bytes. */
  bytesAt(payload: WordIndex, byteLength: number): Uint8Array {
    return this.bytes.subarray(payload * 4, payload * 4 + byteLength);
  }

  /** Maps bytes beyond the small region. */
  mapRange(offset: number, byteLength: number): Mapping {
    return this.platform.map(this.segment, offset, byteLength);
  }
}

/** Everything that one process allocates in a heap. */
export class Allocator {
  /** Small pieces. */
  readonly cells: Cells;
  /** Large pieces. */
  readonly blocks: Blocks;

  /**
   * @param heap Where.
   * @param owner For whom.
   * @param scans Who looks through the cells of others.
   */
  constructor(heap: Heap, owner: OwnerId, scans: Scans) {
    const { platform, segment, words } = heap;
    const pages = {
      reserve(span: number, count: number): void {
        platform.reserve(segment, span * SPAN_BYTES, count * SPAN_BYTES);
      },
      discard(span: number, count: number): void {
        platform.discard(segment, span * SPAN_BYTES, count * SPAN_BYTES);
      },
    };
    this.cells = new Cells(words, new Spans(words, pages, scans), scans, owner);
    this.blocks = new Blocks(words, {
      reserve: (offset, byteLength) => platform.reserve(segment, offset, byteLength),
      discard: (offset, byteLength) => platform.discard(segment, offset, byteLength),
    }, owner);
  }
}
