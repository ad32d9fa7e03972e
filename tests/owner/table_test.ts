import { assert, assertEquals, assertThrows } from "@std/assert";
import { ProcessError } from "../../src/errors.ts";
import { OWNER_SLOTS, OWNER_WORDS } from "../../src/memory/layout.ts";
import { generationOf, NOBODY, type OwnerId, ownerId, slotOf } from "../../src/memory/owner_id.ts";
import {
  FREE,
  LIVE,
  packState,
  phaseOf,
  RESERVED,
  SLOT,
  slotAt,
  slotOfOwner,
} from "../../src/owner/slot.ts";
import { interruptAt, killAt, survives } from "../memory/fake_machine.ts";
import { test } from "../support/harness.ts";
import { FakeTree } from "./fake_tree.ts";

/** The words of a slot. */
function wordsOf(tree: FakeTree, owner: OwnerId): number[] {
  return Array.from({ length: OWNER_WORDS }, (_, i) => tree.words.load(slotOfOwner(owner) + i));
}

test("an owner is reserved, comes, dies and is gone", () => {
  const tree = new FakeTree();
  const { table, root } = tree;
  const child = table.reserve(root);
  assert(child !== root);
  assertEquals([table.isAlive(child), table.pidOf(child), table.isGone(child)], [true, 0, false]);
  const pid = tree.begin();
  assert(table.activate(child, pid));
  assertEquals([table.isAlive(child), table.pidOf(child)], [true, pid]);
  assertEquals([...table.owners()], [root, child]);
  tree.kill(child);
  assertEquals([table.isAlive(child), table.isUnrecovered(child)], [false, true]);
  assert(tree.recover(child));
  assertEquals([table.isAlive(child), table.isUnrecovered(child)], [false, false]);
  assertEquals([table.isGone(child), table.pidOf(child)], [true, 0]);
  assertEquals([...table.owners()], [root]);
});

test("whoever is asked for was never there is not alive", () => {
  const { table } = new FakeTree();
  for (const owner of [ownerId(5, 1), ownerId(5, 2), ownerId(1023, 65535)]) {
    assertEquals([table.isAlive(owner), table.pidOf(owner)], [false, 0]);
  }
});

test("a process with the same id that began at another time is not the owner", () => {
  const tree = new FakeTree();
  const { table } = tree;
  const child = tree.join();
  const pid = table.pidOf(child);
  const { startTime } = tree.processes.get(pid)!;
  tree.processes.set(pid, { startTime: startTime + 1, ended: false });
  assertEquals(table.isAlive(child), false);
  tree.processes.set(pid, { startTime, ended: false });
  assertEquals(table.isAlive(child), true);
  tree.processes.set(pid, { startTime, ended: true });
  assertEquals(table.isAlive(child), false, "a zombie");
  tree.processes.set(pid, { startTime: NaN, ended: false });
  assertEquals(table.isAlive(child), true, "nothing is known of it");
});

test("a machine that has been up for long is no trouble", () => {
  const tree = new FakeTree();
  for (const startTime of [2 ** 31 - 1, 2 ** 31, 2 ** 31 + 5, 2 ** 40 + 3]) {
    const child = tree.table.reserve(tree.root);
    assert(tree.table.activate(child, tree.begin(startTime)));
    assert(tree.table.isAlive(child), `started at ${startTime}`);
  }
});

test("who cannot be identified does not join, as others would take it for dead", () => {
  const tree = new FakeTree();
  const child = tree.table.reserve(tree.root);
  const before = wordsOf(tree, child);
  assertThrows(() => tree.table.activate(child, 1), ProcessError, "start time of process 1");
  tree.processes.set(1, { startTime: NaN, ended: false });
  assertThrows(() => tree.table.activate(child, 1), ProcessError, "start time of process 1");
  assertEquals(wordsOf(tree, child), before);
});

test("a child that never comes is alive as long as its parent is", () => {
  const tree = new FakeTree();
  const parent = tree.join();
  const child = tree.table.reserve(parent);
  const grandchild = tree.table.reserve(child);
  assert(tree.table.isAlive(child) && tree.table.isAlive(grandchild));
  tree.kill(parent);
  assert(!tree.table.isAlive(child) && !tree.table.isAlive(grandchild));
});

test("the slots that a dead parent had set aside are taken back with its own", () => {
  const tree = new FakeTree();
  const { table } = tree;
  const parent = tree.join();
  const [late, never] = [table.reserve(parent), table.reserve(parent)];
  const living = tree.join(parent);
  tree.kill(parent);
  assert(tree.recover(parent));
  assertEquals([...table.owners()], [tree.root, living]);
  assertEquals([late, never].map((child) => table.isGone(child)), [true, true]);
  const others = [1, 2, 3].map(() => table.reserve(tree.root));
  assertEquals(others.map(slotOf).sort(), [parent, late, never].map(slotOf).sort());
});

test("a child that comes too late does not join, and touches nothing", () => {
  const tree = new FakeTree();
  const { table } = tree;
  const parent = tree.join();
  const child = table.reserve(parent);
  tree.kill(parent);
  tree.recover(parent);
  const other = tree.join();
  const again = [slotOf(parent), slotOf(child)].includes(slotOf(other)) ? tree.join() : other;
  assertEquals(slotOf(again), slotOf(child));
  const before = wordsOf(tree, again);
  assertEquals(table.activate(child, tree.begin()), false);
  assertEquals(wordsOf(tree, again), before);
  assert(table.isAlive(again));
});

test("a child whose recovery begins while it joins is told so, at whichever step", () => {
  for (let step = 0;; step++) {
    const tree = new FakeTree();
    const child = tree.table.reserve(tree.root);
    const { onStep, done } = interruptAt(step, () => tree.table.beginRecovery(child, tree.root));
    const joined = tree.as(onStep).activate(child, tree.begin());
    if (!done()) break;
    assertEquals([joined, tree.table.isAlive(child)], [false, false], `at step ${step}`);
    tree.table.endRecovery(child, tree.root);
    // It may have written its id before it was told: the next one must not inherit that.
    const next = tree.table.reserve(tree.root);
    assertEquals([slotOf(next), tree.words.load(slotOfOwner(next) + SLOT.pid)], [slotOf(child), 0]);
  }
});

test("a child in the middle of joining is not taken for dead", () => {
  for (let step = 0;; step++) {
    const tree = new FakeTree();
    const child = tree.join();
    tree.kill(child);
    tree.recover(child);
    const next = tree.table.reserve(tree.root);
    const { onStep, done } = interruptAt(step, () => assert(tree.table.isAlive(next)));
    assert(tree.as(onStep).activate(next, tree.begin()));
    if (!done()) break;
  }
});

test("1,024 owners fill the table, and the death of one makes room", () => {
  const tree = new FakeTree();
  const { table, root } = tree;
  const children = Array.from({ length: OWNER_SLOTS - 1 }, () => table.reserve(root));
  assertEquals(new Set([root, ...children].map(slotOf)).size, OWNER_SLOTS);
  assertThrows(
    () => table.reserve(root),
    ProcessError,
    "Cannot start another process: all 1024 owner slots of this tree are in use",
  );
  assert(tree.recover(children[500]));
  const last = table.reserve(root);
  assertEquals([slotOf(last), generationOf(last)], [slotOf(children[500]), 2]);
  assertThrows(() => table.reserve(root), ProcessError);
});

test("1,000 processes one after another use one slot, and no id twice", () => {
  const tree = new FakeTree();
  const ids = new Set<OwnerId>();
  for (let i = 0; i < 1000; i++) {
    const child = tree.join();
    ids.add(child);
    tree.kill(child);
    assert(tree.recover(child));
  }
  assertEquals([ids.size, tree.table.used], [1000, 2]);
});

test("after 65,535 users a slot begins again with the first generation", () => {
  const tree = new FakeTree();
  const last = tree.table.reserve(tree.root);
  const state = slotOfOwner(last) + SLOT.state;
  tree.words.store(state, packState(RESERVED, ownerId(slotOf(last), 65535)));
  const child = ownerId(slotOf(last), 65535);
  assert(tree.table.activate(child, tree.begin()));
  assertEquals(tree.words.load(state), packState(LIVE, child));
  tree.kill(child);
  assert(tree.recover(child));
  assertEquals(tree.table.reserve(tree.root), last);
});

test("how an owner ended is known by its id alone, also when its slot is another's", () => {
  const tree = new FakeTree();
  const child = tree.join();
  assertEquals(tree.table.endOf(child), undefined);
  tree.kill(child);
  tree.table.noteEnd(child, 4711, -9);
  tree.recover(child);
  const next = tree.join();
  assertEquals(tree.table.endOf(child), { pid: 4711, code: -9 });
  assertEquals(tree.table.endOf(next), undefined);
  tree.kill(next);
  tree.table.noteEnd(next, 4712, 3);
  assertEquals([tree.table.endOf(child), tree.table.endOf(next)], [undefined, {
    pid: 4712,
    code: 3,
  }]);
});

test("who gets a slot finds nothing in it of the one before", () => {
  const tree = new FakeTree();
  const child = tree.join();
  const keeps = [SLOT.state, SLOT.pid, SLOT.startTime, SLOT.parent, SLOT.recoverer];
  // How somebody ended is kept until the next one in its slot has ended.
  keeps.push(SLOT.ended, SLOT.endedPid, SLOT.endedCode);
  for (let word = 0; word < OWNER_WORDS; word++) {
    if (!keeps.includes(word)) tree.words.store(slotOfOwner(child) + word, 77);
  }
  tree.kill(child);
  tree.recover(child);
  const next = tree.table.reserve(tree.root);
  const expected = Array.from({ length: OWNER_WORDS }, () => 0);
  expected[SLOT.state] = packState(RESERVED, next);
  expected[SLOT.parent] = tree.root;
  assertEquals(wordsOf(tree, next), expected);
});

test("one of two becomes the recoverer, and another only when that one is dead", () => {
  const tree = new FakeTree();
  const { table } = tree;
  const [dead, first, second] = [tree.join(), tree.join(), tree.join()];
  tree.kill(dead);
  assert(table.beginRecovery(dead, first));
  assert(!table.beginRecovery(dead, second));
  assert(table.beginRecovery(dead, first), "the same one may begin again");
  assertEquals([...table.leftBy(first)], [dead]);
  tree.kill(first);
  assert(table.beginRecovery(dead, second));
  assertEquals([[...table.leftBy(first)], [...table.leftBy(second)]], [[], [dead]]);
  table.endRecovery(dead, second);
  assert(!table.beginRecovery(dead, second));
  assertEquals([...table.leftBy(second)], []);
});

test("who is recovered is dead at once, also while its process still lives", () => {
  const tree = new FakeTree();
  const [dead, recoverer] = [tree.join(), tree.join()];
  assert(tree.table.beginRecovery(dead, recoverer));
  assertEquals([tree.table.isAlive(dead), tree.table.pidOf(dead)], [false, 0]);
  assertEquals([...tree.table.owners()], [tree.root, dead, recoverer]);
});

test("somebody scans as long as it recovers or says so, and lives", () => {
  const tree = new FakeTree();
  const { table } = tree;
  const [dead, recoverer] = [tree.join(), tree.join()];
  assertEquals(table.isScanning(), false);
  table.beginRecovery(dead, recoverer);
  assertEquals([table.isScanning(), table.isScanning(recoverer)], [true, false]);
  table.endRecovery(dead, recoverer);
  assertEquals(table.isScanning(), false);
  table.setScanning(recoverer, true);
  assertEquals([table.isScanning(), table.isScanning(recoverer)], [true, false]);
  tree.kill(recoverer);
  tree.recover(recoverer);
  assertEquals(table.isScanning(), false);
});

test("two who reserve at the same time get different slots, whoever is interrupted where", () => {
  for (let step = 0;; step++) {
    const tree = new FakeTree();
    const others: OwnerId[] = [];
    const { onStep, done } = interruptAt(step, () => {
      // One comes and goes in the slot that the other is looking at, and one stays.
      const guest = tree.join();
      tree.kill(guest);
      tree.recover(guest);
      others.push(tree.join());
    });
    const owner = tree.as(onStep).reserve(tree.root);
    if (!done()) break;
    others.push(owner);
    assertEquals(new Set(others.map(slotOf)).size, 2, `interrupted at step ${step}`);
    assert(others.every((other) => tree.table.isAlive(other)));
  }
});

test("a parent killed at any step of a start leaves its slots to others", () => {
  for (let step = 0;; step++) {
    const tree = new FakeTree();
    const parent = tree.join();
    const survived = survives(() => {
      const table = tree.as(killAt(step));
      const child = table.reserve(parent);
      const other = table.reserve(parent);
      table.activate(child, tree.begin());
      tree.kill(child);
      tree.recover(child, parent, table);
      tree.recover(other, parent, table);
    });
    // Its child is a part of it here, and dies with it.
    const root = tree.table.pidOf(tree.root);
    for (const pid of tree.processes.keys()) if (pid !== root) tree.processes.delete(pid);
    const second = tree.join();
    for (const owner of [...tree.table.owners()]) {
      if (!tree.table.isAlive(owner)) tree.recover(owner, second);
    }
    assertEquals([...tree.table.owners()].sort(), [tree.root, second].sort());
    for (let slot = 0; slot < tree.table.used; slot++) {
      const state = tree.words.load(slotAt(slot) + SLOT.state);
      if (phaseOf(state) !== FREE) continue;
      const [holder, recoverer] = [SLOT.parent, SLOT.recoverer].map((word) =>
        tree.words.load(slotAt(slot) + word)
      );
      assertEquals([holder, recoverer], [NOBODY, NOBODY], `slot ${slot}, killed at step ${step}`);
    }
    if (survived) break;
  }
});
