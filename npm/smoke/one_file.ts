/** A program that is bundled into one file together with this package: all that it runs elsewhere are tasks. */
import assert from "node:assert/strict";
import {
  type DictProxy,
  freezeSupport,
  isMainProcess,
  Manager,
  Pool,
  Process,
  Queue,
  sharedArray,
  task,
} from "@x/mp";

const base = [100];

const add = task(import.meta, (n: number): number => n + base[0]);
const put = task(import.meta, (queue: Queue<number>): Promise<void> => queue.put(base[0]));
const store = task(import.meta, (xs: Int32Array): void => {
  xs[0] = base[0];
});
const keep = task(import.meta, async (dict: DictProxy<string, number>): Promise<void> => {
  await dict.set("a", base[0]);
});

await freezeSupport();

if (isMainProcess()) {
  assert.equal(await new Process(add, { args: [1] }).start().result, 101);
  const [queue, xs] = [new Queue<number>(), sharedArray("i", 1)];
  new Process(put, { args: [queue] }).start();
  assert.equal(await queue.get(), 100);
  await new Process(store, { args: [xs] }).start().join();
  assert.equal(xs[0], 100);
  const manager = new Manager();
  const dict = manager.dict<string, number>();
  await new Process(keep, { args: [dict] }).start().join();
  assert.equal(await dict.get("a"), 100);
  await manager[Symbol.asyncDispose]();
  const pool = new Pool(2);
  assert.deepEqual(await pool.map(add, [1, 2, 3]), [101, 102, 103]);
  assert.deepEqual(await pool.map((n: number) => 2 * n, [1, 2]), [2, 4]);
  pool.close();
  await pool.join();
  console.log("done");
}
