import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { OutOfMemoryError, ProcessError } from "../../src/errors.ts";
import { SHARED } from "../../src/memory/cells.ts";
import { BLOCK_WORDS, BLOCKS, HEADER, REGION, REGION_BYTES } from "../../src/memory/layout.ts";
import { test } from "../support/harness.ts";
import { ANN, BEN, FakeMachine, interruptAt, recover } from "./fake_machine.ts";
import { assertOrderly } from "./orderly.ts";

const PAGE = 4096;
const PAGES = 2 ** 31 - 1 - REGION_BYTES / PAGE;

test("blocks lie apart beyond the region, in whole pages", () => {
  const machine = new FakeMachine();
  const { blocks } = machine.user(ANN);
  for (const length of [0, 1, PAGE, PAGE + 1, 3 * PAGE, 100 * PAGE + 5]) {
    const { offset, byteLength } = blocks.range(blocks.allocate(length));
    assert(offset >= REGION_BYTES && offset % PAGE === 0, `${offset}`);
    assertEquals(byteLength, Math.max(1, Math.ceil(length / PAGE)) * PAGE);
  }
  assertEquals(blocks.count(ANN), 6);
  assertOrderly(machine, machine.user(BEN));
});

test("a freed range serves the next of its size, whoever needs it", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const first = ann.blocks.allocate(5 * PAGE);
  const { offset } = ann.blocks.range(first);
  ben.blocks.free(first);
  assertEquals(machine.pages.size, 0);
  const second = ben.blocks.allocate(8 * PAGE);
  assertEquals([second, ben.blocks.range(second).offset], [first, offset]);
  assert(ann.blocks.allocate(5 * PAGE) !== first);
});

test("absurd lengths are an OutOfMemoryError, and leave nothing behind", () => {
  const machine = new FakeMachine();
  const { blocks, words } = machine.user(ANN);
  for (const length of [2 ** 42 + 1, 2 ** 43, 2 ** 53, 1e300, Infinity, NaN]) {
    const error = assertThrows(() => blocks.allocate(length), OutOfMemoryError);
    assertMatch(error.message, /^Cannot allocate shared memory: asked for .* bytes, a block has/);
  }
  assertEquals([blocks.count(), words.load(HEADER.nextPage)], [0, 0]);
});

test("a machine without memory costs the record its pages, and nothing else", () => {
  const machine = new FakeMachine();
  const { blocks } = machine.user(ANN);
  machine.reservations = 0;
  for (let i = 0; i < 10; i++) assertThrows(() => blocks.allocate(PAGE), OutOfMemoryError);
  assertEquals([blocks.count(), machine.pages.size], [0, 0]);
  machine.reservations = Infinity;
  assertEquals(blocks.allocate(PAGE), 0);
});

test("freeing a block twice is an error, also while the first free is under way", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN);
  for (let step = 0;; step++) {
    const block = ann.blocks.allocate(PAGE);
    let refused = 0;
    const attempt = (user: typeof ann) => {
      try {
        user.blocks.free(block);
      } catch (error) {
        assert(error instanceof ProcessError);
        assertEquals(error.message, `Cannot free shared memory: block ${block} is free`);
        refused++;
      }
    };
    const { onStep, done } = interruptAt(step, () => attempt(machine.user(BEN)));
    attempt(machine.user(ANN, onStep));
    if (!done()) attempt(machine.user(BEN));
    assertEquals(refused, 1, `interrupted at step ${step}`);
    if (!done()) break;
  }
});

test("two who allocate at the same time get different ranges, whoever is interrupted where", () => {
  // Ben leaves records behind that have ranges of another size, where Ann is looking.
  for (let step = 0;; step++) {
    const machine = new FakeMachine();
    const ben = machine.user(BEN);
    const { onStep, done } = interruptAt(step, () => {
      ben.blocks.free(ben.blocks.allocate(PAGE));
      ben.blocks.allocate(2 * PAGE);
      ben.blocks.allocate(64 * PAGE);
    });
    const ann = machine.user(ANN, onStep);
    ann.blocks.allocate(64 * PAGE);
    ann.blocks.allocate(3 * PAGE);
    if (!done()) break;
    assertOrderly(machine, machine.user(BEN));
  }
});

test("a full table of small blocks still serves large ones, once some are freed", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  // Allocating them one by one looks 134 million times at words of a fake.
  for (let block = 0; block < BLOCKS; block++) {
    const record = [ANN, 2 ** 18 + block, 1, 1];
    record.forEach((value, i) => ann.words.store(REGION.blocks + block * BLOCK_WORDS + i, value));
    machine.pages.add(2 ** 18 + block);
  }
  ann.words.store(HEADER.blocksUsed, BLOCKS);
  ann.words.store(HEADER.nextPage, BLOCKS);
  assertOrderly(machine, ann);
  const error = assertThrows(() => ben.blocks.allocate(1), OutOfMemoryError);
  assertEquals(error.message, `Cannot allocate shared memory: all ${BLOCKS} blocks are in use`);
  for (const block of [5, 77, 4000]) ben.blocks.free(block);
  const large = ben.blocks.allocate(50 * PAGE);
  assertEquals(large, 5);
  assertEquals(ben.blocks.allocate(PAGE), 77);
  ben.blocks.free(large);
  // What has too much serves, too: pages that are not reserved cost nothing.
  assertEquals(ben.blocks.allocate(20 * PAGE), 5);
  assertEquals(ben.blocks.range(5).byteLength, 20 * PAGE);
  assertOrderly(machine, ann);
});

test("the last address can be used, and none beyond it", () => {
  const machine = new FakeMachine();
  const { blocks, words } = machine.user(ANN);
  words.store(HEADER.nextPage, PAGES - 5);
  assertThrows(() => blocks.allocate(8 * PAGE), OutOfMemoryError, "no address is left");
  assertEquals(words.load(HEADER.nextPage), PAGES - 5);
  const { offset } = blocks.range(blocks.allocate(4 * PAGE));
  assertEquals(offset, (2 ** 31 - 1 - 5) * PAGE);
  blocks.allocate(PAGE);
  assertThrows(() => blocks.allocate(2 * PAGE), OutOfMemoryError, "no address is left");
  assertThrows(() => blocks.allocate(2 ** 42), OutOfMemoryError, "no address is left");
  // The record that was tried keeps no half of a range.
  assertEquals(blocks.count(), 2);
  assertOrderly(machine, machine.user(BEN));
});

test("recovery frees the blocks of the dead, with their pages, and no others", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  for (let i = 0; i < 5; i++) ann.blocks.allocate(10 * PAGE);
  const kept = ann.blocks.allocate(3 * PAGE);
  const named = ann.blocks.allocate(3 * PAGE);
  ben.blocks.allocate(3 * PAGE);
  assert(ann.blocks.handOver(kept, ANN, SHARED));
  assert(ann.blocks.handOver(named, ANN, -123_456));
  recover(ben, ANN);
  assertEquals([ben.blocks.count(ANN), ben.blocks.count()], [0, 3]);
  assertEquals(machine.pages.size, 9);
  assertOrderly(machine, ben);
});

test("a tag stays with the block, and the length too", () => {
  const { blocks } = new FakeMachine().user(ANN);
  const block = blocks.allocate(3 * PAGE);
  assertEquals(blocks.isTagged(block), false);
  for (let i = 0; i < 2; i++) {
    blocks.tag(block);
    assertEquals([blocks.isTagged(block), blocks.range(block).byteLength], [true, 3 * PAGE]);
  }
  blocks.free(block);
  assertEquals(blocks.isTagged(blocks.allocate(4 * PAGE)), false);
});
