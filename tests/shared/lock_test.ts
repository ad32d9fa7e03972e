import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  dispose,
  lockOf,
  Pool,
  Process,
  sharedArray,
  SharedMemory,
  SharedStruct,
  SharedValue,
} from "../../mod.ts";
import { blocks, cells } from "../fixtures/shared/count.ts";
import {
  countFields,
  countLocked,
  countPairs,
  isLockOf,
  takeForEver,
} from "../fixtures/shared/locks.ts";
import { fields } from "../fixtures/shared/values.ts";
import { registerLeakCheck, test, until } from "../support/harness.ts";

registerLeakCheck("blocks", blocks);
registerLeakCheck("cells", cells);

test("lockOf() is one lock for all views of a memory, and another for other memory", () => {
  using xs = sharedArray("i", 4);
  using ys = sharedArray("i", 4);
  using lock = lockOf(xs);
  using other = lockOf(ys);
  for (const same of [xs.subarray(2), new DataView(xs.buffer), xs.buffer]) {
    assertStrictEquals(lockOf(same), lock);
  }
  assert(other !== lock);
  const held = lock.acquireSync();
  assertEquals([lock.locked, other.locked], [true, false]);
  held.release();
});

test("values, structs and arrays of structs have a lock, an array of length 0, too", () => {
  using n = new SharedValue("i");
  using p = new SharedStruct(fields);
  using all = SharedStruct.array(fields, 3);
  using none = sharedArray("i", 0);
  using ofValue = lockOf(n);
  using ofStruct = lockOf(p);
  using ofArray = lockOf(all);
  using ofNone = lockOf(none);
  assertStrictEquals(ofValue, n.lock);
  assertStrictEquals(ofStruct, p.lock);
  assertStrictEquals(ofArray, lockOf(all.buffer));
  assertEquals(new Set([ofValue, ofStruct, ofArray, ofNone]).size, 4);
});

test("a child has the same lock, whichever process asks first", async () => {
  await using pool = new Pool(2);
  using xs = sharedArray("i", 2);
  using n = new SharedValue("i");
  using p = new SharedStruct(fields);
  const times = 2000;
  const uneven = await Promise.all([1, 2].map(() => pool.apply(countPairs, [xs, times])));
  await Promise.all([1, 2].map(() => pool.apply(countLocked, [n, times])));
  await Promise.all([1, 2].map(() => pool.apply(countFields, [p, times])));
  assertEquals([uneven, [...xs], n.value], [[0, 0], [2 * times, 2 * times], 2 * times]);
  assertEquals([p.x, p.hits], [2 * times, BigInt(2 * times)]);
  using lock = lockOf(xs);
  assert(await pool.apply(isLockOf, [xs, lock]));
});

test("the lock of an array whose holder was killed goes to the next, who is told", async () => {
  using xs = sharedArray("i", 2);
  const holder = new Process(takeForEver, { args: [xs] }).start();
  await until(() => Atomics.load(xs, 0) === 1, "the child has the lock");
  holder.kill();
  using lock = lockOf(xs);
  const held = await lock.acquire();
  assert(held.abandoned);
  held.release();
  await holder.join();
});

test("the lock goes with what it belongs to, and stays while somebody has it", () => {
  const before = cells();
  for (let i = 0; i < 10; i++) {
    using xs = sharedArray("i", 1);
    using n = new SharedValue("i");
    lockOf(xs).dispose();
    n.lock.dispose();
    assertEquals(cells(), before + 4);
  }
  assertEquals(cells(), before);
  const xs = sharedArray("i", 1);
  using lock = lockOf(xs);
  dispose(xs);
  assertEquals(cells(), before + 1);
  lock.acquireSync().release();
});

test("what is not shared, or not any more, has no lock", () => {
  const xs = sharedArray("i", 1);
  const n = new SharedValue("i");
  dispose(xs);
  dispose(n);
  using memory = SharedMemory.create({ size: 8 });
  memory.unlink();
  const wrong = [xs, new Int32Array(1), memory.buffer, memory, {}, null, 5];
  for (const shared of wrong) assertThrows(() => lockOf(shared as never), TypeError);
  assertThrows(() => lockOf(n), Error, "disposed");
});
