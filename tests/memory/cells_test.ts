import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { OutOfMemoryError, ProcessError } from "../../src/errors.ts";
import { insideOf, LARGEST_CELL_BYTES, SHARED } from "../../src/memory/cells.ts";
import { FIRST_SPAN, SPAN_BYTES, SPAN_WORDS, SPANS } from "../../src/memory/layout.ts";
import { test } from "../support/harness.ts";
import { ANN, BEN, FakeMachine, interruptAt, killAt, recover, survives } from "./fake_machine.ts";
import { assertOrderly, showSpans } from "./orderly.ts";

test("payloads of all sizes lie apart, at multiples of 8 bytes, and know their length", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN);
  const sizes = [0, 1, 8, 24, 25, 100, 504, 505, 4000, 21816, 21817, 65528, 65529, 200_000];
  const taken = new Map<number, number>();
  for (const size of [...sizes, ...sizes]) {
    const payload = ann.cells.allocate(size);
    assertEquals(payload % 2, 0);
    assertEquals(ann.cells.byteLength(payload), size);
    assertEquals(ann.cells.ownerOf(payload), ANN);
    for (let word = payload - 2; word < payload + Math.ceil(size / 4); word++) {
      assert(
        !taken.has(word),
        `word ${word} is in a cell of ${taken.get(word)} and one of ${size}`,
      );
      taken.set(word, size);
    }
  }
  assertEquals(ann.cells.count(ANN), 2 * sizes.length);
  assertOrderly(machine, ann);
});

test("the largest cell takes 16 spans to the last byte", () => {
  const { cells } = new FakeMachine().user(ANN);
  const first = cells.allocate(LARGEST_CELL_BYTES);
  assertEquals(cells.allocate(LARGEST_CELL_BYTES) - first, 16 * SPAN_WORDS);
});

test("a length that is none is a RangeError", () => {
  const { cells } = new FakeMachine().user(ANN);
  for (const length of [-1, NaN, undefined as unknown as number]) {
    const error = assertThrows(() => cells.allocate(length), RangeError);
    assertMatch(error.message, /byteLength must be 0 or more, got/);
  }
});

test("absurd lengths are an OutOfMemoryError, and leave nothing behind", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN);
  for (const length of [2 ** 30, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, 1e300, Infinity]) {
    assertThrows(() => ann.cells.allocate(length), OutOfMemoryError, `asked for ${length} bytes`);
  }
  assertEquals([ann.cells.count(), machine.spans.size, showSpans(ann).length], [0, 0, 0]);
});

test("a freed cell is used again, by its own process", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const cell = ann.cells.allocate(100);
  ann.cells.free(cell);
  assert(ben.cells.allocate(100) !== cell);
  assertEquals(ann.cells.allocate(100), cell);
});

test("a cell that somebody else freed is found again before another span is taken", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  for (let round = 0; round < 50; round++) {
    const cells = Array.from({ length: 16 }, () => ann.cells.allocate(4000));
    for (const cell of cells) ben.cells.free(cell);
  }
  assertEquals(ann.cells.count(), 0);
  assert(machine.spans.size <= 2, `${machine.spans.size} spans`);
});

test("freeing twice is an error, and so is freeing what never was a cell", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const cell = ann.cells.allocate(100);
  const next = ann.cells.allocate(100);
  const run = ann.cells.allocate(200_000);
  ann.cells.free(cell);
  ann.words.store(next + 6, 77);
  ben.cells.free(run);
  const inUse = ann.cells.allocate(300_000);
  ann.words.store(inUse + SPAN_WORDS, 77);
  const wrong = {
    "a free cell": cell,
    "within a cell": next + 8,
    "a free run": run + 10 * SPAN_WORDS,
    "within a run": inUse + SPAN_WORDS,
    "in the first span of a run": inUse + 2,
    "in the tables": 100,
  };
  for (const [what, payload] of Object.entries(wrong)) {
    const error = assertThrows(() => ben.cells.free(payload), ProcessError);
    assertMatch(error.message, /^Cannot free shared memory: nothing is allocated at \w+/, what);
  }
  assertEquals([ann.words.load(next + 6), ann.words.load(inUse + SPAN_WORDS)], [77, 77]);
  assertEquals(ann.cells.count(), 2);
});

test("a cell and a run are handed over once, and then belong to the other", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  for (const size of [100, 200_000]) {
    const payload = ann.cells.allocate(size);
    assert(ann.cells.handOver(payload, ANN, BEN));
    assert(!ann.cells.handOver(payload, ANN, BEN));
    assertEquals(ben.cells.ownerOf(payload), BEN);
    recover(machine.user(3), ANN);
    assertEquals(ben.cells.ownerOf(payload), BEN);
    assert(ben.cells.handOver(payload, BEN, SHARED));
    assertEquals(ben.cells.ownerOf(payload), SHARED);
    recover(machine.user(3), BEN);
    assertEquals(ben.cells.count(SHARED), 1);
    machine.user(3).cells.free(payload);
    assertEquals(ben.cells.count(), 0);
  }
});

test("of what was a burst, one span a size stays", () => {
  const machine = new FakeMachine(0);
  const ann = machine.user(ANN);
  for (const size of [100, 4000, 20_000, 60_000]) {
    const cells = Array.from(
      { length: 20 * SPAN_BYTES / (size + 100) },
      () => ann.cells.allocate(size),
    );
    const most = machine.spans.size;
    for (const cell of cells) ann.cells.free(cell);
    assert(machine.spans.size < most / 2, `${most} spans became ${machine.spans.size}`);
    assertEquals(ann.cells.count(), 0);
    assertOrderly(machine, ann);
  }
});

test("a burst that others have freed is given back when the next cell is needed", () => {
  const machine = new FakeMachine(0);
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const cells = Array.from({ length: 200 }, () => ann.cells.allocate(30_000));
  for (const cell of cells) ben.cells.free(cell);
  assert(machine.spans.size >= 100);
  ann.cells.allocate(30_000);
  assert(machine.spans.size <= 3, `${machine.spans.size} spans stay`);
  assertOrderly(machine, ann);
});

test("while somebody looks through cells a burst stays, and goes with a later one", () => {
  const machine = new FakeMachine(0);
  const ann = machine.user(ANN);
  const burst = () => Array.from({ length: 20 }, () => ann.cells.allocate(60_000));
  machine.scans = 1;
  for (const cell of burst()) ann.cells.free(cell);
  assertEquals(machine.spans.size, 20);
  machine.scans = 0;
  for (let round = 0; round < 4; round++) for (const cell of burst()) ann.cells.free(cell);
  assert(machine.spans.size < 20, `${machine.spans.size} spans stay`);
  assertOrderly(machine, ann);
});

test("a full region is an OutOfMemoryError, until something is freed", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const runs: number[] = [];
  const fill = () => {
    for (;;) runs.push(ann.cells.allocate(LARGEST_CELL_BYTES));
  };
  assertThrows(fill, OutOfMemoryError, "Cannot allocate shared memory: asked for 1048568 bytes");
  assertEquals(runs.length, Math.floor((SPANS - FIRST_SPAN) / 16));
  const cells: number[] = [];
  assertThrows(() => {
    for (;;) cells.push(ben.cells.allocate(60_000));
  }, OutOfMemoryError);
  assertEquals(cells.length, (SPANS - FIRST_SPAN) % 16);
  assertEquals(machine.spans.size, SPANS - FIRST_SPAN);
  assertThrows(() => ben.cells.allocate(1), OutOfMemoryError);
  ben.cells.free(runs[runs.length >> 1]);
  ben.cells.allocate(1);
  ann.cells.allocate(LARGEST_CELL_BYTES - 2 * SPAN_BYTES);
  for (const run of [...runs.slice(0, runs.length >> 1)]) ben.cells.free(run);
  assertOrderly(machine, ann);
});

test("what is free in the spans of a process can be had also when the machine is full", () => {
  const machine = new FakeMachine();
  const { cells } = machine.user(ANN);
  const all = Array.from({ length: 64 }, () => cells.allocate(8000));
  // One of eight: few enough that another span is looked for.
  const other = machine.user(BEN);
  for (let i = 0; i < 64; i += 16) other.cells.free(all[i]);
  machine.reservations = 0;
  for (let i = 0; i < 64; i += 16) cells.allocate(8000);
  assertThrows(() => cells.allocate(8000), OutOfMemoryError);
});

test("what a spare held is never taken for the mark of a run, wherever its maker is killed", () => {
  for (let step = 0;; step++) {
    const machine = new FakeMachine();
    const ben = machine.user(BEN);
    const run = ben.cells.allocate(300_000);
    for (let at = run; at < run + 75_000; at += 2) {
      ben.words.store(at, -at);
      ben.words.store(at + 1, -at);
    }
    ben.cells.free(run);
    // What is allocated next begins one span on, where there was data.
    const other = ben.spans.claimRun(1, BEN);
    const ended = survives(() => machine.user(ANN, killAt(step)).cells.allocate(200_000));
    ben.cells.recover(ANN, (owner) => owner === ANN, (payload) => {
      assert(!ben.cells.isTagged(payload), `killed at step ${step}`);
    });
    ben.spans.publishRun(other, BEN);
    assertOrderly(machine, ben);
    assertEquals(ben.cells.count(ANN), 0);
    if (ended) break;
  }
});

test("the spans of a dead process are given back, or adopted if others still use them", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const kept = ann.cells.allocate(4000);
  ann.cells.handOver(kept, ANN, BEN);
  for (let i = 0; i < 100; i++) ann.cells.allocate(4000);
  ann.cells.allocate(300_000);
  recover(ben, ANN);
  assertEquals([ben.cells.count(ANN), ben.cells.count(BEN)], [0, 1]);
  assertEquals(showSpans(ben).filter((span) => !/FREE|SPARE/.test(span)), ["CELLS 10 nobody"]);
  for (let i = 0; i < 15; i++) ben.cells.allocate(4000);
  assertEquals(showSpans(ben).filter((span) => !/FREE|SPARE/.test(span)), ["CELLS 10 2.7"]);
  assertEquals(ben.cells.ownerOf(kept), BEN);
  assertOrderly(machine, ben);
});

test("an orphan that others empty goes with the next recovery", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const kept = ann.cells.allocate(4000);
  ann.cells.handOver(kept, ANN, BEN);
  recover(ben, ANN);
  ben.cells.free(kept);
  assertEquals(machine.spans.size, 1);
  machine.scans = 1;
  recover(ben, ANN);
  assertEquals(machine.spans.size, 1);
  machine.scans = 0;
  recover(ben, 3);
  assertEquals(machine.spans.size, 0);
  assertOrderly(machine, ben);
});

test("what was handed to somebody who is gone goes with the next who dies", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), cat = machine.user(3);
  for (const size of [100, 200_000]) ann.cells.handOver(ann.cells.allocate(size), ANN, BEN);
  ann.blocks.handOver(ann.blocks.allocate(1), ANN, BEN);
  const isDead = (owner: number) => owner === ANN || owner === BEN;
  cat.cells.recover(ANN, isDead, () => {});
  cat.blocks.recover(isDead, () => {});
  assertEquals([cat.cells.count(), cat.blocks.count()], [0, 0]);
  assertOrderly(machine, cat);
});

test("who recovers is told of each cell while it is its own", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const payloads = [10, 5000, 200_000].map((size) => ann.cells.allocate(size));
  const blocks = [1, 2].map(() => ann.blocks.allocate(1));
  const told: number[] = [];
  ben.cells.recover(ANN, (owner) => owner === ANN, (payload) => {
    assertEquals(ben.cells.ownerOf(payload), BEN);
    told.push(payload);
  });
  ben.blocks.recover((owner) => owner === ANN, (block) => {
    assertEquals(ben.blocks.ownerOf(block), BEN);
    told.push(block);
  });
  assertEquals(told.sort(), [...payloads, ...blocks].sort());
});

test("a tag stays with the cell, and the length too", () => {
  const { cells } = new FakeMachine().user(ANN);
  for (const length of [0, 1, 100_000]) {
    const cell = cells.allocate(length);
    assertEquals(cells.isTagged(cell), false);
    cells.tag(cell);
    assertEquals([cells.isTagged(cell), cells.byteLength(cell)], [true, length]);
    cells.free(cell);
    assertEquals(cells.isTagged(cells.allocate(length)), false);
  }
});

test("what lies inside an object is found, and goes with nobody's death", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const object = ann.cells.allocate(100);
  ann.cells.handOver(object, ANN, SHARED);
  const others = [object + 1000, object - 1000];
  const inside = [10, 200_000, 5000].map((size) => {
    const payload = ann.cells.allocate(size);
    assert(ann.cells.handOver(payload, ANN, insideOf(object)));
    return payload;
  });
  const block = ann.blocks.allocate(1);
  assert(ann.blocks.handOver(block, ANN, insideOf(object)));
  recover(ben, ANN);
  assertEquals(ben.cells.inside(object).sort(), inside.sort());
  assertEquals([...ben.blocks.inside(object)], [block]);
  for (const other of others) assertEquals(ben.cells.inside(other), []);
  for (const payload of inside) ben.cells.free(payload);
  assertEquals(ben.cells.inside(object), []);
});

test("data that looks like a cell is not taken for one inside an object, whenever spans change", () => {
  for (let step = 0;; step++) {
    const machine = new FakeMachine();
    const cat = machine.user(3);
    const object = cat.cells.allocate(100);
    cat.cells.handOver(object, 3, SHARED);
    const burst = [1, 2, 3, 4].map(() => cat.cells.allocate(60_000));
    const { onStep, done } = interruptAt(step, () => {
      // The spans of the burst go, and their places become a run of data.
      for (const cell of burst) cat.cells.free(cell);
      const run = cat.cells.allocate(180_000);
      for (let word = run; word < run + 45_000; word += 2) cat.words.store(word, insideOf(object));
    });
    assertEquals(machine.user(BEN, onStep).cells.inside(object), [], `at step ${step}`);
    if (!done()) break;
  }
});
