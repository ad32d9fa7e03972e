import { assert, assertEquals, assertThrows } from "@std/assert";
import { OutOfMemoryError } from "../../src/errors.ts";
import { SHARED } from "../../src/memory/cells.ts";
import { FIRST_SPAN, SPAN_BYTES, SPAN_WORDS, SPANS } from "../../src/memory/layout.ts";
import { AT_WORK } from "../../src/memory/owner_id.ts";
import { SPARE_SPANS } from "../../src/memory/spans.ts";
import { test } from "../support/harness.ts";
import { ANN, BEN, CAT, FakeMachine, interruptAt } from "./fake_machine.ts";
import { assertOrderly, showSpans } from "./orderly.ts";

test("a run is as many neighbouring spans as were asked for, and comes back whole", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN);
  const start = ann.spans.claimRun(3, ANN);
  ann.spans.publishRun(start, ANN);
  assertEquals(ann.spans.runLength(start), 3);
  assertEquals(ann.spans.runState(start), ANN);
  assertEquals(showSpans(ann).length, 3);
  assertOrderly(machine, ann);
  assert(ann.spans.releaseRun(start, ANN, ANN));
  assertEquals(showSpans(ann), ["SPARE", "SPARE", "SPARE"]);
  assertOrderly(machine, ann);
});

test("only the first spans keep their pages", () => {
  const machine = new FakeMachine(2);
  const ann = machine.user(ANN);
  const start = ann.spans.claimRun(3, ANN);
  const cells = ann.spans.claimCells(15, ANN);
  ann.spans.publishRun(start, ANN);
  assert(ann.spans.releaseRun(start, ANN, ANN) && ann.spans.releaseCells(cells, 15, ANN));
  assertEquals(showSpans(ann), ["SPARE", "SPARE", "FREE", "FREE"]);
  assertEquals([ann.spans.spareBytes, machine.spans.size], [2 * SPAN_BYTES, 2]);
  assertOrderly(machine, ann);
});

test("spares are taken without asking the machine, and with others by asking it", () => {
  const machine = new FakeMachine(3);
  const ann = machine.user(ANN);
  const release = (start: number, length: number) => {
    ann.words.store(start * SPAN_WORDS + 77, 77);
    ann.words.store((start + length - 1) * SPAN_WORDS, 78);
    ann.spans.publishRun(start, ANN);
    assert(ann.spans.releaseRun(start, ANN, ANN));
  };
  release(ann.spans.claimRun(3, ANN), 3);
  machine.reservations = 0;
  const start = ann.spans.claimRun(2, ANN);
  assertEquals(start, FIRST_SPAN);
  assertThrows(() => ann.spans.claimRun(2, ANN), OutOfMemoryError);
  // What was claimed in vain has no pages any more.
  assertEquals(showSpans(ann), ["RUN 1 1.1", "TAIL", "FREE", "FREE"]);
  release(start, 2);
  machine.reservations = 1;
  release(ann.spans.claimRun(4, ANN), 4);
  assertEquals(showSpans(ann), ["SPARE", "SPARE", "SPARE", "FREE"]);
  assertOrderly(machine, ann);
});

test("a spare of cells serves the same size, without asking the machine", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const span = ann.spans.claimCells(3, ANN);
  ann.words.store(span * SPAN_WORDS + 2, 99);
  assert(ann.spans.releaseCells(span, 3, ANN));
  assertEquals(showSpans(ann), ["SPARE 3"]);
  machine.reservations = 0;
  assertEquals(ben.spans.claimCells(3, BEN), span);
  assertThrows(() => ben.spans.claimCells(3, BEN), OutOfMemoryError);
  assertEquals(showSpans(ann), ["CELLS 3 2.7", "FREE"]);
  assertOrderly(machine, ann);
});

test("when all else is taken, a spare of anything becomes one of cells, and is zeros by then", () => {
  const machine = new FakeMachine(2, FIRST_SPAN + 2);
  const ann = machine.user(ANN);
  const run = ann.spans.claimRun(2, ANN);
  ann.words.store(run * SPAN_WORDS + 2048, 5);
  ann.spans.publishRun(run, ANN);
  assert(ann.spans.releaseRun(run, ANN, ANN));
  machine.reservations = 0;
  assertThrows(() => ann.spans.claimCells(3, ANN), OutOfMemoryError);
  assertEquals(showSpans(ann), ["FREE", "SPARE"]);
  machine.reservations = Infinity;
  const claimed = [ann.spans.claimCells(3, ANN), ann.spans.claimCells(3, ANN)];
  assertEquals([...claimed, ann.spans.claimCells(3, ANN)], [run, run + 1, -1]);
  assertEquals(ann.words.load(run * SPAN_WORDS + 2048), 0);
  assertOrderly(machine, ann);
});

test("a run goes around spans that are taken", () => {
  const machine = new FakeMachine();
  const { spans } = machine.user(ANN);
  const cells = [0, 1, 2, 3, 4].map(() => spans.claimCells(15, ANN));
  assert(spans.releaseCells(cells[1], 15, ANN));
  assert(spans.releaseCells(cells[3], 15, ANN));
  assertEquals(spans.claimRun(2, BEN), cells[4] + 1);
  assertEquals(spans.claimRun(1, BEN), cells[1]);
  // What was tried on the way there was given back.
  assertEquals(spans.claimCells(15, ANN), cells[3]);
});

test("the last span can be used, and no span beyond it", () => {
  const machine = new FakeMachine();
  const { spans } = machine.user(ANN);
  const all = SPANS - FIRST_SPAN;
  assertEquals(spans.claimRun(all + 1, ANN), -1);
  const start = spans.claimRun(all, ANN);
  assertEquals(start, FIRST_SPAN);
  assertEquals(spans.end, SPANS);
  assertEquals([spans.claimRun(1, ANN), spans.claimCells(3, ANN)], [-1, -1]);
  spans.publishRun(start, ANN);
  assert(spans.releaseRun(start, ANN, BEN));
  assertEquals(machine.spans.size, SPARE_SPANS);
});

test("a run is given back by one of two who try", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const start = ann.spans.claimRun(2, ANN);
  ann.spans.publishRun(start, ANN);
  for (let step = 0;; step++) {
    let second = false;
    const { onStep, done } = interruptAt(step, () => {
      second = ben.spans.releaseRun(start, ANN, BEN);
    });
    const first = machine.user(ANN, onStep).spans.releaseRun(start, ANN, ANN);
    if (!done()) {
      second = ben.spans.releaseRun(start, ANN, BEN);
      assert(first && !second);
      break;
    }
    assertEquals([first, second].filter(Boolean).length, 1, `interrupted at step ${step}`);
    assertOrderly(machine, ann);
    assertEquals(ann.spans.claimRun(2, ANN), start);
    ann.spans.publishRun(start, ANN);
  }
});

test("spans without pages go back when the machine is full", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN);
  machine.reservations = 0;
  assertThrows(() => ann.spans.claimCells(4, ANN), OutOfMemoryError);
  assertThrows(() => ann.spans.claimRun(4, ANN), OutOfMemoryError);
  assertEquals(showSpans(ann), ["FREE", "FREE", "FREE", "FREE"]);
  assertOrderly(machine, ann);
  machine.reservations = Infinity;
  assertEquals(ann.spans.claimRun(4, ANN), FIRST_SPAN);
});

test("recovery leaves whole runs alone, also where a number in their word is that of the dead", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN);
  for (const state of [SHARED, -1 - BEN, BEN | AT_WORK]) {
    const start = ann.spans.claimRun(2, ANN);
    ann.spans.publishRun(start, ANN);
    assert(ann.spans.moveRun(start, ANN, state));
    ann.spans.recover(BEN, ANN, () => true);
    assertEquals(ann.spans.runState(start), state);
  }
  assertOrderly(machine, ann);
});

test("an orphaned span is adopted once, for cells of its size", () => {
  const machine = new FakeMachine();
  const ann = machine.user(ANN), ben = machine.user(BEN);
  const span = ann.spans.claimCells(7, ANN);
  ann.spans.recover(ANN, BEN, () => false);
  assertEquals(ben.spans.adoptCells(6, BEN), -1);
  machine.reservations = 0;
  assertEquals(ben.spans.adoptCells(7, BEN), span);
  assertOrderly(machine, ben);
  assertEquals(ben.spans.adoptCells(7, BEN), -1);
});

test("no span of cells is given back while somebody looks through cells", () => {
  const machine = new FakeMachine();
  const { spans } = machine.user(ANN);
  const span = spans.claimCells(15, ANN);
  machine.scans = 1;
  assert(!spans.releaseCells(span, 15, ANN));
  assertEquals(spans.state(span), { kind: 1, detail: 15, owner: ANN });
  machine.scans = 0;
  assert(spans.releaseCells(span, 15, ANN));
  assertEquals(showSpans(machine.user(BEN)), ["SPARE 15"]);
});

test("two who claim at the same time get different spans, whoever is interrupted where", () => {
  for (let step = 0;; step++) {
    const machine = new FakeMachine();
    const ben = machine.user(BEN);
    const theirs: number[] = [];
    const { onStep, done } = interruptAt(step, () => {
      const run = ben.spans.claimRun(3, BEN);
      ben.spans.publishRun(run, BEN);
      theirs.push(run, run + 1, run + 2, ben.spans.claimCells(9, BEN));
    });
    const ann = machine.user(ANN, onStep);
    const run = ann.spans.claimRun(4, ANN);
    ann.spans.publishRun(run, ANN);
    const mine = [run, run + 1, run + 2, run + 3, ann.spans.claimCells(9, ANN)];
    if (!done()) break;
    const all = [...mine, ...theirs];
    assertEquals(new Set(all).size, all.length, `interrupted at step ${step}: ${all}`);
    assertOrderly(machine, machine.user(BEN));
  }
});

test("a claim that another's claim stood in the way of is tried again", () => {
  let found = 0;
  for (let step = 0;; step++) {
    const machine = new FakeMachine();
    const ben = machine.user(BEN);
    const [hole] = [5, 2, SPANS - FIRST_SPAN - 7].map((length) => {
      const start = ben.spans.claimRun(length, BEN);
      ben.spans.publishRun(start, BEN);
      return start;
    }).slice(1);
    assert(ben.spans.releaseRun(hole, BEN, BEN));
    // Cat has half of the hole for some steps, and then gives up.
    const cat = machine.user(CAT);
    let steps = 0;
    const ann = machine.user(ANN, () => {
      steps++;
      if (steps === step + 1) cat.spans.claimRun(1, CAT);
      if (steps === step + 21) cat.spans.recover(CAT, BEN, () => true);
    });
    const start = ann.spans.claimRun(2, ANN);
    if (steps <= step) break;
    assert(start === hole || start === -1);
    if (start === hole) found++;
  }
  assert(found >= 10, `found the hole ${found} times`);
});
