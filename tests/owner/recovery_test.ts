import { assert, assertEquals, assertThrows } from "@std/assert";
import type { OwnerId } from "../../src/memory/owner_id.ts";
import { Recovery } from "../../src/owner/recovery.ts";
import { killAt, Killed, survives } from "../memory/fake_machine.ts";
import { test } from "../support/harness.ts";
import { FakeTree } from "./fake_tree.ts";

/** A recovery that notes what it does. */
function recoveryOf(tree: FakeTree, self: OwnerId, table = tree.table) {
  const recovery = new Recovery(table, self);
  const done: string[] = [];
  recovery.addStep((dead) => void done.push(`first ${dead}`));
  recovery.addStep((dead) => void done.push(`second ${dead}`));
  recovery.setWakeEveryone(() => void done.push("wakes"));
  return { recovery, done };
}

test("every layer gives back what the dead one had, and then everybody is woken", () => {
  const tree = new FakeTree();
  const dead = tree.join();
  tree.kill(dead);
  const { recovery, done } = recoveryOf(tree, tree.root);
  assertEquals(recovery.inspect(dead), false);
  assertEquals(done, [`first ${dead}`, `second ${dead}`, "wakes"]);
  assertEquals([recovery.recover(dead), recovery.inspect(dead)], [false, false]);
  assertEquals(done.length, 3);
});

test("the living are left alone, and so is the recoverer itself", () => {
  const tree = new FakeTree();
  const child = tree.join();
  const { recovery, done } = recoveryOf(tree, tree.root);
  assertEquals([recovery.inspect(child), recovery.recover(tree.root)], [true, false]);
  recovery.sweep();
  assertEquals(done, []);
});

test("a sweep finds all who are dead, those among them who had not come", () => {
  const tree = new FakeTree();
  const parent = tree.join();
  const dead = [parent, tree.join(parent), tree.join(), tree.table.reserve(parent)];
  for (const owner of dead) tree.kill(owner);
  const living = tree.join();
  recoveryOf(tree, living).recovery.sweep();
  assertEquals([...tree.table.owners()], [tree.root, living]);
});

test("who was recovering when it died passes that on to its own recoverer", () => {
  const tree = new FakeTree();
  const [dead, first, second] = [tree.join(), tree.join(), tree.join()];
  tree.kill(dead);
  assert(tree.table.beginRecovery(dead, first));
  tree.kill(first);
  const { recovery, done } = recoveryOf(tree, second);
  // Nobody looks for `dead` by itself: its parent has been told that it ended, once.
  assert(recovery.recover(first));
  assertEquals(done.filter((line) => line.startsWith("second")), [
    `second ${first}`,
    `second ${dead}`,
  ]);
  assertEquals([...tree.table.owners()], [tree.root, second]);
});

test("what was meant for a child that has not come is given back with its parent", () => {
  const tree = new FakeTree();
  const parent = tree.join();
  const [child, living] = [tree.table.reserve(parent), tree.join(parent)];
  tree.kill(parent);
  const { recovery, done } = recoveryOf(tree, tree.root);
  assert(recovery.recover(parent));
  assertEquals(done.filter((line) => line.startsWith("second")), [
    `second ${parent}`,
    `second ${child}`,
  ]);
  assertEquals([...tree.table.owners()], [tree.root, living]);
});

test("a recoverer killed at any step leaves nothing undone", () => {
  for (let step = 0;; step++) {
    const tree = new FakeTree();
    const [dead, first, second] = [tree.join(), tree.join(), tree.join()];
    const reserved = tree.table.reserve(dead);
    tree.kill(dead);
    const kill = killAt(step);
    const table = tree.as(kill);
    const recovery = new Recovery(table, first);
    // Also in the middle of a step, and before it wakes.
    for (let i = 0; i < 3; i++) recovery.addStep(kill);
    recovery.setWakeEveryone(kill);
    const survived = survives(() => recovery.recover(dead));
    tree.kill(first);
    const { recovery: last, done } = recoveryOf(tree, second);
    assert(last.recover(first), `killed at step ${step}`);
    last.sweep();
    assertEquals([...tree.table.owners()], [tree.root, second], `killed at step ${step}`);
    assert(tree.table.isGone(reserved));
    assertEquals(done.at(-1), "wakes");
    assertEquals(tree.table.isScanning(), false);
    if (survived) break;
  }
});

test("a layer that fails does not keep the others from it, nor from another attempt", () => {
  const tree = new FakeTree();
  const dead = tree.join();
  tree.kill(dead);
  const { recovery, done } = recoveryOf(tree, tree.root);
  let fails = true;
  recovery.addStep(() => {
    if (fails) throw new Error("no descriptor is left");
  });
  recovery.addStep((owner) => void done.push(`last ${owner}`));
  assertThrows(() => recovery.recover(dead), Error, "no descriptor is left");
  assertEquals(done, [`first ${dead}`, `second ${dead}`, `last ${dead}`, "wakes"]);
  assertEquals(tree.table.isUnrecovered(dead), true);
  const other = tree.join();
  tree.kill(other);
  assertThrows(() => recovery.sweep(), Error, "no descriptor is left");
  assertEquals(done.filter((line) => line === `last ${other}`).length, 1, "others are looked at");
  fails = false;
  recovery.sweep();
  assertEquals([...tree.table.owners()], [tree.root]);
});

test("a layer that looks for the dead while it recovers does not begin again", () => {
  const tree = new FakeTree();
  const dead = tree.join();
  tree.kill(dead);
  const { recovery, done } = recoveryOf(tree, tree.root);
  recovery.addStep((owner) => void done.push(`inspects ${recovery.inspect(owner)}`));
  assert(recovery.recover(dead));
  assertEquals(done, [`first ${dead}`, `second ${dead}`, "inspects false", "wakes"]);
});

test("a kill in a test is not an error of a layer", () => {
  assertEquals(
    survives(() => {
      throw new Killed();
    }),
    false,
  );
});
