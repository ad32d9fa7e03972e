import { assert, assertEquals, assertThrows } from "@std/assert";
import { ProcessError } from "../../src/errors.ts";
import { SHARED } from "../../src/memory/cells.ts";
import { AT_WORK, type OwnerId, slotOf } from "../../src/memory/owner_id.ts";
import type { WordIndex } from "../../src/memory/words.ts";
import { Cargo, type Dock, landCargo } from "../../src/owner/cargo.ts";
import { Holdings, OBJECT_HEADER_WORDS } from "../../src/owner/holdings.ts";
import { ANN, BEN, FakeMachine, killAt, survives, type User } from "../memory/fake_machine.ts";
import type { OnStep } from "../memory/sparse_words.ts";
import { test } from "../support/harness.ts";

const KIND = 5;

/** A machine on which objects that end are noted. */
class Objects {
  readonly machine = new FakeMachine();
  readonly dead: Set<OwnerId> = new Set();
  readonly ended: WordIndex[] = [];
  pauses = 0;

  user(owner: OwnerId, onStep?: OnStep): User & { holdings: Holdings } {
    const user = this.machine.user(owner, onStep);
    const isAlive = (other: OwnerId): boolean => !this.dead.has(other);
    const pause = (): void => void this.pauses++;
    const holdings = new Holdings(user.words, user.cells, owner, isAlive, pause);
    holdings.setEnder(KIND, (at) => void this.ended.push(at));
    return { ...user, holdings };
  }

  recover(by: User & { holdings: Holdings }, dead: OwnerId): void {
    this.dead.add(dead);
    by.cells.recover(dead, (owner) => owner === dead, (cell) => this.#land(by, cell));
    by.holdings.recover(dead);
  }

  /** As `landCargoOfCell` does. */
  #land({ words, cells, holdings }: User & { holdings: Holdings }, cell: WordIndex): void {
    if (!cells.isTagged(cell)) return;
    const list = Int32Array.from({ length: 1 + words.load(cell) }, (_, i) => words.load(cell + i));
    landCargo(holdings, list);
  }
}

function dockOf({ words, cells, holdings }: User & { holdings: Holdings }): Dock {
  return { holdings, allocator: { cells }, heap: { words } };
}

test("an object is zeros of its own, and ends when its last holder lets go", () => {
  const objects = new Objects();
  const ann = objects.user(ANN), ben = objects.user(BEN);
  for (const words of [0, 1, 10, 17_000]) {
    const at = ann.holdings.create(KIND, words);
    assertEquals(at % 2, 0);
    assertEquals(ann.cells.ownerOf(at - OBJECT_HEADER_WORDS), SHARED);
    assertEquals([ann.holdings.kindOf(at), ann.holdings.isHeld(at)], [KIND, true]);
    for (let i = 0; i < words; i++) assertEquals(ann.words.load(at + i), 0);
    ben.holdings.hold(at);
    ann.holdings.letGo(at);
    assertEquals(objects.ended, []);
    ben.holdings.letGo(at);
    assertEquals([objects.ended.splice(0), ann.cells.count()], [[at], 0]);
  }
});

test("an object on its way stays, and ends when it lands where nobody holds it", () => {
  const objects = new Objects();
  const ann = objects.user(ANN), ben = objects.user(BEN);
  const at = ann.holdings.create(KIND, 4);
  ann.holdings.takeOff(at);
  ann.holdings.takeOff(at);
  ann.holdings.letGo(at);
  ben.holdings.hold(at);
  ben.holdings.land(at);
  ben.holdings.letGo(at);
  assertEquals(objects.ended, []);
  ben.holdings.land(at);
  assertEquals([objects.ended, ann.cells.count()], [[at], 0]);
});

test("landing what is not on its way is an error", () => {
  const objects = new Objects();
  const { holdings } = objects.user(ANN);
  const at = holdings.create(KIND, 4);
  assertThrows(() => holdings.land(at), ProcessError, "0 messages carry it");
  assertEquals(holdings.isHeld(at), true);
  holdings.letGo(at);
  assertEquals(objects.ended, [at]);
});

test("letting go of what is not held does nothing", () => {
  const objects = new Objects();
  const ann = objects.user(ANN), ben = objects.user(BEN);
  const at = ann.holdings.create(KIND, 4);
  ben.holdings.letGo(at);
  assertEquals(objects.ended, []);
  ann.holdings.letGo(at);
  assertEquals(objects.ended, [at]);
});

test("recovery lets go of what the dead one held, in cells and in runs", () => {
  const objects = new Objects();
  const ann = objects.user(ANN), ben = objects.user(BEN);
  const alone = [ann.holdings.create(KIND, 4), ann.holdings.create(KIND, 17_000)];
  const both = [ann.holdings.create(KIND, 4), ann.holdings.create(KIND, 17_000)];
  for (const at of both) ben.holdings.hold(at);
  objects.recover(ben, ANN);
  assertEquals(objects.ended.splice(0).sort(), alone.sort());
  for (const at of both) {
    assertEquals(ben.cells.ownerOf(at - OBJECT_HEADER_WORDS), SHARED);
    ben.holdings.letGo(at);
  }
  assertEquals([objects.ended.sort(), ben.cells.count()], [both.sort(), 0]);
});

test("cells that belong to nobody and are no objects are not touched by recovery", () => {
  const objects = new Objects();
  const ann = objects.user(ANN), ben = objects.user(BEN);
  const cell = ann.cells.allocate(400);
  // What looks like an object that Ann holds.
  for (let word = cell; word < cell + 100; word++) ann.words.store(word, -1);
  ann.cells.handOver(cell, ANN, -77_000);
  objects.recover(ben, ANN);
  for (let word = cell; word < cell + 100; word++) assertEquals(ann.words.load(word), -1);
  assertEquals(ben.cells.ownerOf(cell), -77_000);
});

test("who was killed while letting go, at whichever step, holds nothing any more", () => {
  for (let step = 0;; step++) {
    const objects = new Objects();
    const ann = objects.user(ANN), ben = objects.user(BEN);
    const [alone, both] = [ann.holdings.create(KIND, 4), ann.holdings.create(KIND, 17_000)];
    ben.holdings.hold(both);
    const survived = survives(() => {
      const { holdings } = objects.user(ANN, killAt(step));
      holdings.letGo(both);
      holdings.letGo(alone);
    });
    objects.recover(ben, ANN);
    assert(objects.ended.includes(alone), `killed at step ${step}`);
    assert(!objects.ended.includes(both), `killed at step ${step}`);
    ben.holdings.letGo(both);
    assertEquals(ben.cells.count(), 0, `killed at step ${step}`);
    if (survived) break;
  }
});

test("who was killed while receiving, at whichever step, ends nothing too early", () => {
  for (let step = 0;; step++) {
    const objects = new Objects();
    const ann = objects.user(ANN), ben = objects.user(BEN);
    const at = ben.holdings.create(KIND, 4);
    ben.words.store(at, 4711);
    ben.holdings.takeOff(at);
    const survived = survives(() => {
      const { holdings } = objects.user(ANN, killAt(step));
      holdings.hold(at);
      holdings.land(at);
      holdings.letGo(at);
    });
    objects.recover(ben, ANN);
    assertEquals([objects.ended, ben.words.load(at)], [[], 4711], `killed at step ${step}`);
    ben.holdings.letGo(at);
    if (survived) {
      assertEquals(ann.cells.count(), 0);
      break;
    }
  }
});

test("a recoverer killed at any step leaves a recovery that can be done again", () => {
  for (let step = 0;; step++) {
    const objects = new Objects();
    const ann = objects.user(ANN), ben = objects.user(BEN);
    const [alone, both] = [ann.holdings.create(KIND, 4), ann.holdings.create(KIND, 17_000)];
    ben.holdings.hold(both);
    objects.dead.add(ANN);
    const survived = survives(() => objects.recover(objects.user(3, killAt(step)), ANN));
    objects.recover(ben, 3);
    objects.recover(ben, ANN);
    assert(objects.ended.includes(alone), `killed at step ${step}`);
    assertEquals(ben.cells.ownerOf(both - OBJECT_HEADER_WORDS), SHARED);
    ben.holdings.letGo(both);
    assertEquals(ben.cells.count(), 0, `killed at step ${step}`);
    if (survived) break;
  }
});

test("a recoverer waits for another that looks at the same object, and takes it over from a dead one", () => {
  const objects = new Objects();
  const ann = objects.user(ANN), ben = objects.user(BEN);
  const at = ann.holdings.create(KIND, 4);
  const cell = at - OBJECT_HEADER_WORDS;
  ann.cells.handOver(cell, SHARED, 3 | AT_WORK);
  let looks = 0;
  const patient = new Holdings(
    objects.machine.words.as(() => {
      // The other leaves the object after a while.
      if (++looks === 500) ann.cells.handOver(cell, 3 | AT_WORK, SHARED);
    }),
    ben.cells,
    BEN,
    () => true,
    () => void objects.pauses++,
    10,
  );
  patient.setEnder(KIND, (object) => void objects.ended.push(object));
  patient.recover(ANN);
  ann.cells.handOver(cell, 3 | AT_WORK, SHARED);
  patient.recover(ANN);
  assertEquals(objects.ended, [at]);
  assert(objects.pauses > 0);
  const second = ann.holdings.create(KIND, 4);
  ann.cells.handOver(second - OBJECT_HEADER_WORDS, SHARED, 3 | AT_WORK);
  objects.dead.add(3);
  ben.holdings.recover(ANN);
  assertEquals(objects.ended, [at, second]);
});

test("a mourner is told of every object of its kind, while nobody can end that", () => {
  const objects = new Objects();
  const ann = objects.user(ANN), ben = objects.user(BEN);
  const mine = ben.holdings.create(KIND, 4);
  const other = ben.holdings.create(KIND + 1, 4);
  const told: [WordIndex, OwnerId][] = [];
  ben.holdings.setMourner(KIND, (at, dead) => {
    assertEquals(ben.cells.ownerOf(at - OBJECT_HEADER_WORDS), BEN | AT_WORK);
    told.push([at, dead]);
  });
  ann.holdings.hold(other);
  objects.recover(ben, ANN);
  assertEquals(told, [[mine, ANN]]);
});

test("cargo that is not sent lands where it came from", () => {
  const objects = new Objects();
  const ann = objects.user(ANN);
  const at = ann.holdings.create(KIND, 4);
  const cargo = new Cargo(dockOf(ann));
  for (let i = 0; i < 7; i++) cargo.load(at);
  assertEquals([cargo.size, cargo.words], [7, 8]);
  cargo.unload();
  assertEquals([cargo.size, ann.holdings.isCarried(at)], [0, false]);
  ann.holdings.letGo(at);
  assertEquals([objects.ended, ann.cells.count()], [[at], 0]);
});

test("cargo that is sent is listed by the message, from when that is tagged, and by nothing else", () => {
  const objects = new Objects();
  const ann = objects.user(ANN);
  const at = ann.holdings.create(KIND, 4);
  const cargo = new Cargo(dockOf(ann));
  cargo.load(at);
  cargo.load(at);
  const list = new Int32Array(5).fill(-1);
  cargo.writeTo(list, () => assertEquals([...list], [2, 0, 0, -1, -1]));
  assertEquals([...list], [2, at, at, -1, -1]);
  assertEquals([cargo.size, ann.cells.count()], [0, 1]);
  cargo.unload();
  assert(ann.holdings.isCarried(at));
  landCargo(ann.holdings, list);
  ann.holdings.letGo(at);
  assertEquals(objects.ended, [at]);
});

test("who was killed while loading cargo or giving it up, at whichever step, leaves at most what was being counted", () => {
  const lost: number[] = [];
  for (let step = 0;; step++) {
    const objects = new Objects();
    const ann = objects.user(ANN), ben = objects.user(BEN);
    const all = Array.from({ length: 7 }, () => ann.holdings.create(KIND, 4));
    const survived = survives(() => {
      const cargo = new Cargo(dockOf(objects.user(ANN, killAt(step))));
      for (const at of all) cargo.load(at);
      cargo.unload();
      for (const at of all) ann.holdings.letGo(at);
    });
    objects.recover(ben, ANN);
    assertEquals(new Set(objects.ended).size, objects.ended.length, `killed at step ${step}`);
    const left = all.filter((at) => !objects.ended.includes(at));
    assert(left.every((at) => ben.holdings.isCarried(at)), `killed at step ${step}`);
    assertEquals(ben.cells.count(), left.length, `killed at step ${step}`);
    if (left.length > 0) lost.push(step);
    assert(left.length <= 1, `${left.length} are lost when killed at step ${step}`);
    if (survived) break;
  }
  // One step for each object when it is counted, and some when it lands.
  assert(lost.length <= 5 * 7, `killed at ${lost.length} steps one loses something`);
});

test("what a message carried lands once, also when its memory is freed by another after a death", () => {
  const objects = new Objects();
  const { holdings } = objects.user(ANN);
  const at = holdings.create(KIND, 4);
  for (let i = 0; i < 3; i++) holdings.takeOff(at);
  // The first of the three has landed when its receiver died.
  holdings.land(at);
  const list = Int32Array.of(3, 0, at, at);
  landCargo(holdings, list);
  assertEquals([...list], [3, 0, 0, 0]);
  landCargo(holdings, list);
  holdings.letGo(at);
  assertEquals(objects.ended, [at]);
});

test("holders of the last slots have their own bits", () => {
  const objects = new Objects();
  const ann = objects.user(ANN);
  const at = ann.holdings.create(KIND, 2);
  const others = [0, 31, 32, 63, 1023].map((slot) => objects.user(slot | 1 << 10));
  for (const { holdings } of others) holdings.hold(at);
  assertEquals(ann.words.load(at), 0);
  ann.holdings.letGo(at);
  for (const { holdings } of others) {
    assertEquals(objects.ended, []);
    holdings.letGo(at);
  }
  assertEquals([objects.ended, slotOf(ANN)], [[at], 1]);
});
