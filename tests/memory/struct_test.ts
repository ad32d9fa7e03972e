import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  BLOCK_WORDS,
  BLOCKS,
  FIRST_SPAN,
  HEADER,
  OWNER_SLOTS,
  OWNER_WORDS,
  REGION,
  REGION_BYTES,
  ROOM_WORDS,
  ROOMS,
  SPAN_BYTES,
  SPANS,
  TABLE_BYTES,
} from "../../src/memory/layout.ts";
import { LINE, roundUp, struct } from "../../src/memory/struct.ts";
import { SLOT } from "../../src/owner/slot.ts";
import { test } from "../support/harness.ts";

/** Fields must follow one another without overlapping, up to the size. */
function assertApart(lengths: Record<string, number>, offsets: Record<string, number>): void {
  const fields = Object.keys(lengths).sort((one, two) => offsets[one] - offsets[two]);
  let end = 0;
  for (const field of fields) {
    assert(offsets[field] >= end, `${field} begins at ${offsets[field]}, before ${end}`);
    end = offsets[field] + lengths[field];
  }
  assert(end <= offsets.size, `the last field ends at ${end}, beyond ${offsets.size}`);
}

test("fields of a struct lie one after the other, and its size is even", () => {
  assertEquals({ ...struct({ a: 1, b: 3, c: 1 }) }, { a: 0, b: 1, c: 4, size: 6 });
  assertEquals({ ...struct({}) }, { size: 0 });
});

test("a field can begin at a cache line of its own", () => {
  const fields = struct({ a: 1, b: { words: 2, align: LINE }, c: 1 }, LINE);
  assertEquals({ ...fields }, { a: 0, b: 16, c: 18, size: 32 });
});

test("a struct cannot be changed", () => {
  const fields = struct({ a: 1 });
  assertThrows(() => Object.assign(fields, { a: 2 }), TypeError);
});

test("roundUp() leaves multiples alone", () => {
  assertEquals([0, 1, 15, 16, 17].map((value) => roundUp(value, 16)), [0, 16, 16, 16, 32]);
});

test("the tables of the region do not overlap, and spans begin behind them", () => {
  assertApart({
    header: HEADER.size,
    owners: OWNER_SLOTS * OWNER_WORDS,
    rooms: ROOMS * ROOM_WORDS,
    spans: SPANS,
    spanLengths: SPANS,
    blocks: BLOCKS * BLOCK_WORDS,
  }, REGION);
  assertEquals(FIRST_SPAN * SPAN_BYTES, REGION.size * 4);
  assertEquals(TABLE_BYTES, REGION.size * 4);
  assert(FIRST_SPAN < 32, `the tables take ${FIRST_SPAN} spans`);
  assertEquals(SPANS * SPAN_BYTES, REGION_BYTES);
});

test("what many write and what few write is not in one cache line of an owner's slot", () => {
  const lengths = Object.fromEntries(
    Object.keys(SLOT).filter((field) => field !== "size").map((field) => [field, 1]),
  );
  assertApart({ ...lengths, rung: ROOMS / 32 }, SLOT);
  assertEquals(SLOT.size, OWNER_WORDS);
  assertEquals(REGION.owners % LINE, 0);
  assert(Math.floor(SLOT.bell / LINE) !== Math.floor(SLOT.state / LINE));
});
