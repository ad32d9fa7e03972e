/** A program of a user: what it runs elsewhere are exports of its own and a task. */
import assert from "node:assert/strict";
import process from "node:process";
import {
  type DictProxy,
  isMainProcess,
  Lock,
  lockOf,
  Manager,
  Pool,
  Process,
  ProcessDiedError,
  Queue,
  sharedArray,
  type SharedMap,
  sharedMap,
  task,
} from "@x/mp";

// Not a constant: a minifier would write its value into the functions.
const base = [100];

export function add(n: number): number {
  return n + base[0];
}

export function crash(): void {
  process.kill(process.pid, "SIGKILL");
}

export async function produce(queue: Queue<string>, words: string[]): Promise<void> {
  for (const word of words) await queue.put(word);
  queue.close();
}

export function count(xs: Int32Array, times: number): void {
  for (let i = 0; i < times; i++) {
    // Not `using`: Node 22 does not know it.
    const held = lockOf(xs).acquireSync();
    xs[0]++;
    held.release();
  }
}

export async function put(dict: DictProxy<string, number>, map: SharedMap<string, number>) {
  await dict.set("a", base[0]);
  await map.set("a", base[0]);
}

export class Greeter extends Process<never, string> {
  readonly person: string;

  constructor(person: string) {
    super();
    this.person = person;
  }

  override run(): string {
    return `hello ${this.person}, ${base[0]}`;
  }
}

const triple = task(import.meta, (n: number): number => 3 * n + base[0]);

// Not `import.meta.main`: Node 22 has none.
if (isMainProcess()) {
  assert.equal(await new Process(add, { args: [1] }).start().result, 101);
  assert.equal(await new Greeter("Ada").start().result, "hello Ada, 100");

  const queue = new Queue<string>(1);
  const producer = new Process(produce, { args: [queue, ["a", "b", "c"]] }).start();
  assert.deepEqual(await Array.fromAsync(queue), ["a", "b", "c"]);
  await producer.join();

  const xs = sharedArray("i", 1);
  const counters = [1, 2].map(() => new Process(count, { args: [xs, 500] }).start());
  for (const counter of counters) await counter.join();
  assert.equal(xs[0], 1000);
  const lock = new Lock();
  (await lock.acquire()).release();

  const manager = new Manager();
  const [dict, map] = [manager.dict<string, number>(), sharedMap<string, number>()];
  await new Process(put, { args: [dict, map] }).start().join();
  assert.deepEqual([await dict.get("a"), await map.get("a")], [100, 100]);
  await manager[Symbol.asyncDispose]();

  const pool = new Pool(2);
  assert.deepEqual(await pool.map(add, [1, 2, 3]), [101, 102, 103]);
  assert.deepEqual(await pool.map(triple, [1, 2]), [103, 106]);
  assert.deepEqual(await pool.map((n: number) => 2 * n, [1, 2]), [2, 4]);
  await assert.rejects(pool.apply(crash), ProcessDiedError);
  pool.close();
  await pool.join();
  console.log("done");
}
