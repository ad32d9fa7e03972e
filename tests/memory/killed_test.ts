import { assert, assertEquals } from "@std/assert";
import { SHARED } from "../../src/memory/cells.ts";
import { test } from "../support/harness.ts";
import {
  ANN,
  BEN,
  CAT,
  FakeMachine,
  killAt,
  recover,
  survives,
  type User,
} from "./fake_machine.ts";
import { assertOrderly } from "./orderly.ts";

const PAGE = 4096;

/** A bit of everything: cells, runs and blocks come and go, some go to others, spans are given back. */
function work({ cells, blocks }: User, self: number): void {
  const small = cells.allocate(20_000);
  const run = cells.allocate(150_000);
  const block = blocks.allocate(3 * PAGE);
  const burst = [1, 2, 3, 4].map(() => cells.allocate(60_000));
  blocks.tag(block);
  cells.free(run);
  cells.handOver(cells.allocate(150_000), self, SHARED);
  blocks.handOver(blocks.allocate(PAGE), self, SHARED);
  blocks.free(block);
  for (const cell of burst) cells.free(cell);
  cells.handOver(small, self, SHARED);
  cells.allocate(21_000);
  blocks.allocate(5 * PAGE);
  cells.allocate(70_000);
}

/** Somebody who has things before and must have them afterwards. */
function settle(machine: FakeMachine): User {
  const ben = machine.user(BEN);
  for (const length of [20_000, 70_000, 60_000]) {
    const cell = ben.cells.allocate(length);
    ben.words.store(cell, 4711);
  }
  ben.blocks.allocate(3 * PAGE);
  return ben;
}

function assertSettled(machine: FakeMachine, ben: User, what: string): void {
  assertEquals([ben.cells.count(BEN), ben.blocks.count(BEN)], [3, 1], what);
  assertEquals([ben.cells.count(ANN), ben.blocks.count(ANN)], [0, 0], what);
  try {
    assertOrderly(machine, ben);
  } catch (error) {
    throw new Error(what, { cause: error });
  }
}

test("a process killed at any step leaves nothing that its recovery does not give back", () => {
  for (let step = 0;; step++) {
    const machine = new FakeMachine();
    const ben = settle(machine);
    const survived = survives(() => work(machine.user(ANN, killAt(step)), ANN));
    const shared = ben.cells.count(SHARED) + ben.blocks.count(SHARED);
    recover(ben, ANN);
    assertSettled(machine, ben, `killed at step ${step}`);
    assertEquals(ben.cells.count(SHARED) + ben.blocks.count(SHARED), shared);
    // The whole machine can still be used, by who comes next and by who was there.
    work(machine.user(CAT), CAT);
    work(ben, BEN);
    assertOrderly(machine, ben);
    if (survived) {
      assert(step > 200, `the work took ${step} steps`);
      break;
    }
  }
});

test("a recoverer killed at any step leaves a recovery that can be done again", () => {
  let recoveries = 0;
  for (let step = 0;; step += 13) {
    let survived = false;
    for (let second = 0;; second++) {
      const machine = new FakeMachine();
      const ben = settle(machine);
      survived = survives(() => work(machine.user(ANN, killAt(step)), ANN));
      const recovered = survives(() => recover(machine.user(CAT, killAt(second)), ANN));
      recover(ben, CAT);
      recover(ben, ANN);
      recoveries++;
      assertSettled(machine, ben, `killed at step ${step}, its recoverer at ${second}`);
      assertEquals([ben.cells.count(CAT), ben.blocks.count(CAT)], [0, 0]);
      if (recovered) break;
    }
    if (survived) break;
  }
  assert(recoveries > 500, `${recoveries} recoveries`);
});

test("a process that is interrupted by a recovery at any step keeps what it has", () => {
  for (let step = 0;; step++) {
    const machine = new FakeMachine();
    const cat = machine.user(CAT);
    survives(() => work(machine.user(BEN, killAt(step * 7 % 250)), BEN));
    let steps = 0;
    const ann = machine.user(ANN, () => {
      if (steps++ === step) recover(cat, BEN);
    });
    work(ann, ANN);
    if (steps <= step) break;
    assertEquals([cat.cells.count(ANN), cat.blocks.count(ANN)], [2, 1], `at step ${step}`);
    assertEquals([cat.cells.count(BEN), cat.blocks.count(BEN)], [0, 0], `at step ${step}`);
    assertOrderly(machine, cat);
  }
});
