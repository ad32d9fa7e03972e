import { assert, assertEquals } from "@std/assert";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  RLock,
  RWLock,
  Semaphore,
} from "../../mod.ts";
import { currentRuntime } from "../../src/runtime/current.ts";
import type { CFunctions, CSignatures, CValue } from "../../src/runtime/port.ts";
import { test } from "../support/harness.ts";

/** Calls of C functions by this process. */
const calls: string[] = [];

// Before anything of ours is used: what is bound from here on is counted.
const runtime = currentRuntime();
const { bind } = runtime;
Object.assign(runtime, {
  bind<const S extends CSignatures>(libraries: readonly string[], signatures: S): CFunctions<S> {
    const functions = bind.call(runtime, libraries, signatures) as Record<
      string,
      (...args: CValue[]) => number
    >;
    return Object.fromEntries(
      Object.entries(functions).map(([symbol, act]) => [symbol, (...args: CValue[]) => {
        calls.push(symbol);
        return act(...args);
      }]),
    ) as CFunctions<S>;
  },
});

/** How often each is done: a call that only some of them make shows, too. */
const TIMES = 300;

/** The calls that something makes when it is done often, after it was done once. */
async function callsOf(act: () => unknown): Promise<string[]> {
  await act();
  const before = calls.length;
  for (let i = 0; i < TIMES; i++) {
    const result = act();
    if (result instanceof Promise) await result;
  }
  return calls.slice(before);
}

interface Acquirable {
  acquire(wait?: { timeout?: number }): Promise<Disposable>;
  acquireSync(wait?: { timeout?: number }): Disposable;
  tryAcquire(): Disposable | undefined;
  release(): void;
}

/** Each way to acquire something and to give it back. */
function waysOf(name: string, make: () => Acquirable): [name: string, act: () => unknown][] {
  const it = make();
  return [
    [`${name}.acquireSync()`, () => {
      it.acquireSync();
      it.release();
    }],
    [
      `${name}.acquireSync() with a timeout`,
      () => it.acquireSync({ timeout: 50 })[Symbol.dispose](),
    ],
    [`${name}.acquire()`, async () => {
      await it.acquire();
      it.release();
    }],
    [`${name}.acquire() with a timeout`, async () => {
      using _held = await it.acquire({ timeout: 50 });
    }],
    [`${name}.tryAcquire()`, () => it.tryAcquire()![Symbol.dispose]()],
  ];
}

const rlock = new RLock();
const many = new Semaphore(3);
const condition = new Condition();
const event = new Event();
const barrier = new Barrier(1);
const rwlock = new RWLock();

const ways: [name: string, act: () => unknown][] = [
  ...waysOf("Lock", () => new Lock()),
  ...waysOf("RLock", () => new RLock()),
  ...waysOf("Semaphore", () => new Semaphore(1)),
  ...waysOf("BoundedSemaphore", () => new BoundedSemaphore(2)),
  ...waysOf("Condition", () => new Condition()),
  ["RLock, twice", () => {
    using _outer = rlock.acquireSync();
    using _inner = rlock.acquireSync();
  }],
  ["Semaphore, three permits, released at once", () => {
    for (let i = 0; i < 3; i++) many.acquireSync();
    many.release(3);
  }],
  ["Condition.notify() and waitFor() of what holds", () => {
    using _held = condition.acquireSync();
    condition.notify();
    condition.notifyAll();
    condition.waitForSync(() => true);
  }],
  ["Event", async () => {
    event.set();
    event.waitSync();
    await event.wait();
    event.clear();
  }],
  ["Barrier of one", async () => {
    barrier.waitSync();
    await barrier.wait();
    barrier.tryWait();
  }],
  ["RWLock, to read", async () => {
    using _one = rwlock.acquireReadSync();
    using _two = await rwlock.acquireRead();
    rwlock.tryAcquireRead()!.release();
  }],
  ["RWLock, to write", async () => {
    rwlock.acquireWriteSync().release();
    (await rwlock.acquireWrite()).release();
    rwlock.tryAcquireWrite()!.release();
  }],
];

for (const [name, act] of ways) {
  test(`no C function is called while nobody else wants it: ${name}`, async () => {
    assertEquals(await callsOf(act), []);
  });
}

test("C functions are counted: a wait that is not over at once sleeps, and a release wakes", async () => {
  const lock = new Lock();
  lock.acquireSync();
  const slept = await callsOf(() => {
    try {
      lock.acquireSync({ timeout: 1 });
    } catch {
      // It is over.
    }
  });
  assert(slept.includes("syscall"));
  const woken = await callsOf(async () => {
    const wait = lock.acquire();
    lock.release();
    await wait;
  });
  assert(woken.includes("syscall"));
});
