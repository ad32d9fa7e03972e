import { assertEquals, assertStringIncludes } from "@std/assert";
import { inspect } from "node:util";
import process from "node:process";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  dispose,
  Event,
  JoinableQueue,
  Lock,
  Manager,
  pipe,
  Pool,
  Process,
  Queue,
  RLock,
  RWLock,
  Semaphore,
  sharedArray,
  sharedMap,
  SharedStruct,
  SharedValue,
} from "../../mod.ts";
import { inspectable } from "../../src/runtime/inspection.ts";
import * as targets from "../fixtures/process/targets.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

type Inspect = (value: unknown) => string;
const { Deno, Bun } = globalThis as { Deno?: { inspect: Inspect }; Bun?: { inspect: Inspect } };

/** In one line, as everybody here who shows things does it: who prints does it as the last of them. */
function shown(value: unknown): string[] {
  const all = [inspect, Deno?.inspect, Bun?.inspect].filter((each) => each !== undefined);
  return all.map((each) => each(value).replace(/\s+/g, " ").replace(/,? }/g, " }"));
}

function assertShown(value: unknown, expected: string): void {
  const all = shown(value).map((text) => text.replaceAll("'", '"'));
  assertEquals(all, all.map(() => expected));
}

class Shelf {
  #books = 2;
  #isClosed = false;

  get books(): number {
    if (this.#isClosed) throw new Error("it is closed");
    return this.#books;
  }

  get place(): string {
    return "left";
  }

  close(): void {
    this.#isClosed = true;
  }
}
inspectable(Shelf.prototype, ["books", "place"]);

class LabelledShelf extends Shelf {
  label = "poems";
}

test("an object is shown with what it tells, and a subclass with its own fields besides", () => {
  assertShown(new Shelf(), 'Shelf { books: 2, place: "left" }');
  assertShown(new LabelledShelf(), 'LabelledShelf { books: 2, place: "left", label: "poems" }');
});

test("what is closed, and a prototype, are shown with what can be read", () => {
  const shelf = new Shelf();
  shelf.close();
  assertShown(shelf, 'Shelf { place: "left" }');
  for (const text of shown(Shelf.prototype)) assertEquals(text.includes("books"), false);
});

test("an object of ours is shown within others, and not deeper than these", () => {
  for (const text of shown({ shelves: [new Shelf()] })) {
    assertStringIncludes(text, "Shelf { books: 2,");
  }
  assertEquals(inspect([[[[new Shelf()]]]], { depth: 1 }), "[ [ [Array] ] ]");
});

test("a process and a pool are shown with what identifies them", async () => {
  await using pool = new Pool(1, { name: "press" });
  const child = new Process(targets.add, { args: [1, 2], name: "adder" });
  assertShown(child, 'Process { name: "adder", pid: undefined, isAlive: false, exitCode: null }');
  child.start();
  await child.join();
  assertShown(child, `Process { name: "adder", pid: ${child.pid}, isAlive: false, exitCode: 0 }`);
  assertShown(pool, `Pool { size: 1, pids: [ ${pool.pids[0]} ] }`);
});

test("what is shared is shown with what it is at that moment", async () => {
  using queue = new Queue<number>(8);
  queue.putSync(1);
  assertShown(queue, "Queue { size: 1, maxSize: 8, isClosed: false }");
  using joinable = new JoinableQueue<number>();
  joinable.putSync(1);
  assertShown(joinable, "JoinableQueue { size: 1, maxSize: 0, unfinished: 1, isClosed: false }");
  const [receiver, sender] = pipe({ duplex: false });
  assertShown(sender, "Connection { readable: false, writable: true, isClosed: false }");
  receiver.close();
  sender.close();

  using lock = new Lock();
  assertShown(lock, "Lock { locked: false, owner: undefined }");
  lock.acquireSync();
  assertShown(lock, `Lock { locked: true, owner: ${process.pid} }`);
  lock.release();
  using lockOfCondition = new RLock();
  using condition = new Condition(lockOfCondition);
  assertShown(condition, "Condition { lock: RLock { locked: false, owner: undefined } }");
  using rlock = new RLock();
  assertShown(rlock, "RLock { locked: false, owner: undefined }");
  using rwlock = new RWLock();
  assertShown(rwlock, "RWLock { locked: false, owner: undefined, readers: 0 }");
  using semaphore = new Semaphore(2);
  assertShown(semaphore, "Semaphore { value: 2, owners: [] }");
  using bounded = new BoundedSemaphore(3);
  assertShown(bounded, "BoundedSemaphore { value: 3, owners: [] }");
  using event = new Event();
  event.set();
  assertShown(event, "Event { isSet: true }");
  using barrier = new Barrier(3);
  assertShown(barrier, "Barrier { parties: 3, waiting: 0, broken: false }");

  using value = new SharedValue("i", 5);
  assertShown(value, "SharedValue { value: 5 }");
  using struct = new SharedStruct({ x: "d", hits: "q" }, { x: 1.5 });
  assertShown(struct, "SharedStruct { x: 1.5, hits: 0n }");
  using map = sharedMap<string, number>();
  map.set("a", 1);
  assertShown(map, "SharedMap { size: 1 }");
  const xs = sharedArray("i", [1, 2]);
  assertShown(xs, "Int32Array(2) [ 1, 2 ]");
  dispose(xs);

  await using manager = new Manager();
  assertShown(manager, `Manager { pid: ${manager.pid}, isAlive: true, isClosed: false }`);
});
