/**
 * The map of the small region: where each table lies, in words.
 *
 * | what | words | owner of the format |
 * | --- | --- | --- |
 * | header | 16 | this file |
 * | owner table | 1,024 × 64 | `owner/` |
 * | waiting rooms | 256 × 32 | `parking/rooms.ts` |
 * | span table | 2 × 16,384 | `memory/spans.ts` |
 * | block table | 16,384 × 4 | `memory/blocks.ts` |
 * | spans | the rest | `memory/cells.ts` |
 */
import { LINE, roundUp, struct } from "./struct.ts";

/** How large the small region is. It is sparse: what nobody touches costs nothing. */
export const REGION_BYTES = 2 ** 30;
/** How many processes can share a heap at a time. */
export const OWNER_SLOTS = 1024;
/** How many words an owner's slot has. */
export const OWNER_WORDS = 64;
/** How many waiting rooms there are. */
export const ROOMS = 256;
/** How many words the bitmap of a room has: a bit for each owner. */
export const ROOM_WORDS = OWNER_SLOTS / 32;
/** How large a span is. */
export const SPAN_BYTES = 2 ** 16;
/** How many words a span has. */
export const SPAN_WORDS = SPAN_BYTES / 4;
/** How many spans there are, those under the tables included. */
export const SPANS = REGION_BYTES / SPAN_BYTES;
/** How many blocks beyond the small region there can be at a time. */
export const BLOCKS = 16384;
/** How many words the record of a block has. */
export const BLOCK_WORDS = 4;

/** What the header's first word says of a heap of ours: "xmp" and the version of the layout. */
export const MAGIC = 0x786d7002;

/** The header. */
export const HEADER = struct({
  magic: 1,
  /** Where the next block's pages begin; see `blocks.ts`. */
  nextPage: 1,
  /** How many records of the block table were ever used. */
  blocksUsed: 1,
  /** How many owner slots were ever used. */
  ownersUsed: 1,
  /** When somebody last looked for the dead, in ms of the machine's clock, modulo 2^31. */
  lastSweep: 1,
  /** How many spans, counted from the first, were ever used. */
  spansUsed: 1,
}, LINE);

/** Where the tables begin, and what is left for spans. */
export const REGION = struct({
  header: HEADER.size,
  owners: { words: OWNER_SLOTS * OWNER_WORDS, align: LINE },
  rooms: { words: ROOMS * ROOM_WORDS, align: LINE },
  spans: { words: SPANS, align: LINE },
  spanLengths: SPANS,
  blocks: { words: BLOCKS * BLOCK_WORDS, align: LINE },
}, SPAN_WORDS);

/** The first span that the tables leave free. */
export const FIRST_SPAN = REGION.size / SPAN_WORDS;

/** How many bytes the tables take, in whole spans. */
export const TABLE_BYTES = roundUp(REGION.size * 4, SPAN_BYTES);
