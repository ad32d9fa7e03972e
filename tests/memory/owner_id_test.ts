import { assert, assertEquals } from "@std/assert";
import {
  AT_WORK,
  generationOf,
  isOwner,
  nextGeneration,
  NOBODY,
  OWNER_MASK,
  ownerId,
  showOwner,
  slotOf,
  workerIn,
} from "../../src/memory/owner_id.ts";
import { CELLS, unpackSpan } from "../../src/memory/spans.ts";
import { DEAD, ownerIn, packState, phaseOf } from "../../src/owner/slot.ts";
import { test } from "../support/harness.ts";
import { CAT, FakeMachine } from "./fake_machine.ts";

const extremes = [[0, 1], [0, 65535], [1023, 1], [1023, 65535], [1, 32768], [512, 32767]];

test("an owner id gives its slot and generation back, fits its bits, and is never 0", () => {
  for (const [slot, generation] of extremes) {
    const owner = ownerId(slot, generation);
    assertEquals([slotOf(owner), generationOf(owner)], [slot, generation]);
    assert(owner > NOBODY && owner <= OWNER_MASK, `${owner}`);
    assertEquals(showOwner(owner), `${slot}.${generation}`);
  }
  assertEquals(showOwner(NOBODY), "nobody");
});

test("ids of different slots or generations differ", () => {
  const ids = extremes.map(([slot, generation]) => ownerId(slot, generation));
  assertEquals(new Set(ids).size, extremes.length);
});

test("the generation after the last one is the first, not 0", () => {
  assertEquals([1, 2, 65534, 65535].map(nextGeneration), [2, 3, 65535, 1]);
});

test("a state is an owner's, somebody's at work, or neither", () => {
  for (const [slot, generation] of extremes) {
    const owner = ownerId(slot, generation);
    assertEquals([isOwner(owner), workerIn(owner)], [true, NOBODY]);
    assertEquals([isOwner(owner | AT_WORK), workerIn(owner | AT_WORK)], [false, owner]);
  }
  for (const other of [NOBODY, -1, -(2 ** 28)]) {
    assertEquals([isOwner(other), workerIn(other)], [false, NOBODY], `${other}`);
  }
});

test("the largest id survives the sign bit of a span's word", () => {
  const machine = new FakeMachine();
  const { spans } = machine.user(CAT);
  const span = spans.claimCells(15, CAT);
  assertEquals(spans.state(span), { kind: CELLS, detail: 15, owner: CAT });
  assertEquals(unpackSpan(-1), { kind: 3, detail: 15, owner: OWNER_MASK });
  assert(spans.releaseCells(span, 15, CAT));
});

test("a slot's state gives phase and owner back", () => {
  for (const [slot, generation] of extremes) {
    const owner = ownerId(slot, generation);
    for (let phase = 0; phase <= DEAD; phase++) {
      const state = packState(phase, owner);
      assertEquals([phaseOf(state), ownerIn(state, slot)], [phase, owner]);
    }
  }
  // A slot that was never used is all zeros.
  assertEquals([phaseOf(0), ownerIn(0, 5)], [0, ownerId(5, 1)]);
});
