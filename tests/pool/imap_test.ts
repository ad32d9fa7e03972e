import { assert, assertEquals, assertRejects } from "@std/assert";
import { Pool, ProcessDiedError, RemoteError, SerializationError } from "../../mod.ts";
import * as calls from "../fixtures/pool/calls.ts";
import * as limits from "../fixtures/pool/limits.ts";
import { Gate } from "../fixtures/pool/gate.ts";
import { test, until } from "../support/harness.ts";

/** Counts what is pulled of it, and whether it was told to stop. */
class Source {
  pulled = 0;
  stopped = false;

  *[Symbol.iterator](): Generator<number, void> {
    try {
      for (;;) yield this.pulled++;
    } finally {
      this.stopped = true;
    }
  }
}

/** The same, with every item a turn of the event loop late. */
class SlowSource {
  pulled = 0;
  stopped = false;

  async *[Symbol.asyncIterator](): AsyncGenerator<number, void> {
    try {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve));
        yield this.pulled++;
      }
    } finally {
      this.stopped = true;
    }
  }
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** What came before the error, and the error. */
async function collectUntilError<T>(values: AsyncIterable<T>): Promise<[T[], unknown]> {
  const all: T[] = [];
  try {
    for await (const value of values) all.push(value);
  } catch (error) {
    return [all, error];
  }
  throw new Error(`No error came, but ${all.length} values`);
}

function numbers(length: number, first = 0): number[] {
  return Array.from({ length }, (_, i) => first + i);
}

type Fn = (n: number) => number | Promise<number>;
const refusals: readonly Fn[] = [calls.refuseSevens, calls.refuseSevensLater];
const squarings: readonly Fn[] = [calls.square, calls.squareLater];

const ways = ["imap", "imapUnordered"] as const;

for (const way of ways) {
  test(`${way} yields all values, of iterables and of asynchronous ones, in chunks or not`, async () => {
    await using pool = new Pool(2);
    const items = numbers(60);
    const squares = items.map((n) => n * n);
    async function* later(): AsyncGenerator<number> {
      for (const item of items) {
        await undefined;
        yield item;
      }
    }
    const inOrder = (values: number[]) =>
      way === "imap" ? values : values.toSorted((a, b) => a - b);
    for (const chunkSize of [1, 7, 100]) {
      for (const fn of squarings) {
        for (const source of [items, new Set(items), later()]) {
          assertEquals(inOrder(await collect(pool[way](fn, source, { chunkSize }))), squares);
        }
      }
    }
    assertEquals(await collect(pool[way](calls.square, [])), []);
  });

  for (
    const [kind, make] of [["", () => new Source()], ["slow ", () => new SlowSource()]] as const
  ) {
    test(`${way} pulls an endless ${kind}source no further than bufferSize, and stops it when left`, async () => {
      await using pool = new Pool(2);
      for (const [bufferSize, chunkSize] of [[1, 1], [5, 1], [8, 4], [3, 4]]) {
        const source = make();
        const values = pool[way](calls.square, source, { bufferSize, chunkSize });
        const chunks = Math.max(1, Math.floor(bufferSize / chunkSize));
        let taken = 0;
        for await (const _ of values) {
          taken++;
          // What was taken with its chunk, what is ahead of that, and the one that is being pulled.
          const most = (Math.ceil(taken / chunkSize) + chunks) * chunkSize;
          assert(source.pulled <= most + 1, `${source.pulled} pulled when ${taken} were taken`);
          if (taken === 20) break;
        }
        await until(() => source.stopped, "the source is told to stop");
        const { pulled } = source;
        assertEquals(await pool.apply(calls.add, [1, 2]), 3);
        assertEquals(source.pulled, pulled);
      }
    });
  }

  test(`${way} pulls nothing before a value is asked for`, async () => {
    await using pool = new Pool(1);
    const source = new Source();
    const values = pool[way](calls.square, source);
    assertEquals(await pool.apply(calls.add, [1, 2]), 3);
    assertEquals(source.pulled, 0);
    await values.return?.();
    assertEquals([source.pulled, (await values.next()).done], [0, true]);
  });

  test(`leaving the loop of ${way} takes back what no worker has begun`, async () => {
    await using pool = new Pool(1);
    using board = new Gate();
    board.store(calls.GATE, 1);
    function* items(): Generator<[number, number]> {
      for (let n = 0;; n++) yield [board.at, n];
    }
    const first = pool.starmap(calls.block, [[board.at, 1]]);
    assertEquals(await first, [1]);
    const tally = pool[way](limits.blockItem, items(), { bufferSize: 50 });
    for await (const _ of tally) {
      board.store(calls.GATE, 0);
      break;
    }
    const begun = board.load(calls.CALLS);
    board.store(calls.GATE, 1);
    await pool.apply(calls.add, [1, 2]);
    // One may have been running when the loop was left.
    assert(board.load(calls.CALLS) <= begun + 1, "the others are not run");
  });

  test(`an error comes out of ${way} with its index, and ends it`, async () => {
    await using pool = new Pool(2);
    for (const chunkSize of [1, 3, 10]) {
      for (const fn of refusals) {
        const source = new Source();
        source.pulled = 1;
        const values = pool[way](fn, source, { chunkSize });
        const [before, error] = await collectUntilError(values);
        assert(error instanceof RemoteError, String(error));
        assertEquals(error.message, `no ${error.index! + 1} here`);
        if (way === "imap") {
          // No good item is lost with the chunk of a bad one.
          assertEquals([error.index, before], [6, numbers(6, 1)]);
        }
        assertEquals((await values.next()).done, true);
        await until(() => source.stopped, "the source is told to stop");
      }
    }
  });

  test(`with failFast off ${way} yields all good values before the first error`, async () => {
    await using pool = new Pool(2);
    const good = numbers(30, 1).filter((n) => n % 7 !== 0);
    for (const chunkSize of [1, 4, 30]) {
      const [values, error] = await collectUntilError(
        pool[way](calls.refuseSevens, numbers(30, 1), { chunkSize, failFast: false }),
      );
      assertEquals(values.toSorted((a, b) => a - b), good);
      if (way === "imap") assertEquals(values, good);
      assert(error instanceof RemoteError, String(error));
      assertEquals([error.message, error.index], ["no 7 here", 6]);
    }
  });

  test(`a source that throws ends ${way} with its error, after the values of what it gave`, async () => {
    await using pool = new Pool(2);
    function* broken(): Generator<number> {
      yield* numbers(5);
      throw new RangeError("no more items");
    }
    async function* brokenLater(): AsyncGenerator<number> {
      yield* numbers(5);
      await undefined;
      throw new RangeError("no more items");
    }
    for (const source of [broken, brokenLater]) {
      for (const chunkSize of [1, 2, 5, 100]) {
        const [values, error] = await collectUntilError(
          pool[way](calls.square, source(), { chunkSize }),
        );
        assertEquals(values.toSorted((a, b) => a - b), [0, 1, 4, 9, 16]);
        assert(error instanceof RangeError && error.message === "no more items", String(error));
      }
    }
  });

  test(`with failFast off the error of an item and that of the source both come out of ${way}`, async () => {
    await using pool = new Pool(2);
    function* broken(): Generator<number> {
      yield* numbers(10, 1);
      throw new TypeError("no more items");
    }
    for (const chunkSize of [1, 4]) {
      const [values, error] = await collectUntilError(
        pool[way](calls.refuseSevens, broken(), { chunkSize, failFast: false }),
      );
      assertEquals(values.toSorted((a, b) => a - b), [1, 2, 3, 4, 5, 6, 8, 9, 10]);
      assert(error instanceof AggregateError, String(error));
      const [first, last] = error.errors;
      assertEquals([(first as RemoteError).index, (last as Error).message], [6, "no more items"]);
    }
  });

  test(`an item that cannot be sent comes out of ${way} in its place, and the others of its chunk do, too`, async () => {
    await using pool = new Pool(2);
    const items = [1, 2, () => {}, 4];
    for (const chunkSize of [1, 2, 3, 4]) {
      const [values, error] = await collectUntilError(
        pool[way](calls.same<unknown>, items, { chunkSize, bufferSize: chunkSize }),
      );
      assertEquals(values, [1, 2]);
      assert(error instanceof SerializationError, String(error));
      assertEquals(error.path, "items[2]");
      const [all, same] = await collectUntilError(
        pool[way](calls.same<unknown>, items, { chunkSize, failFast: false }),
      );
      assertEquals(all.toSorted(), [1, 2, 4]);
      assertEquals((same as SerializationError).path, "items[2]");
    }
  });

  test(`with failFast off ${way} counts what cannot be sent, and runs what is behind it whatever happens before`, async () => {
    await using pool = new Pool(1);
    const bad = (): void => {};
    for (const chunkSize of [1, 2, 3, 7]) {
      const done: number[] = [];
      const [values, error] = await collectUntilError(
        pool[way](limits.dieForThree as (n: unknown) => unknown, [3, bad, 4, 5, bad, bad, 6], {
          chunkSize,
          failFast: false,
          onProgress: (n) => void done.push(n),
        }),
      );
      assertEquals(values.toSorted(), [4, 5, 6]);
      assert(error instanceof ProcessDiedError, String(error));
      assertEquals(done.at(-1), 7);
      assertEquals(done, done.toSorted((a, b) => a - b));
    }
  });

  test(`a worker that dies ends ${way} in the place of its item`, async () => {
    await using pool = new Pool(2);
    const [values, death] = await collectUntilError(
      pool[way](limits.dieForThree, [1, 2, 3, 4], { bufferSize: 1 }),
    );
    assertEquals(values, [1, 2]);
    assert(death instanceof ProcessDiedError, String(death));
    assertEquals(death.signal, "SIGKILL");
    assertEquals(await collect(pool[way](limits.same<number>, [1])), [1]);
  });

  test(`a signal ends ${way}, also while it waits for a slow task`, async () => {
    await using pool = new Pool(1);
    using board = new Gate();
    const early = pool[way](calls.square, [1], { signal: AbortSignal.abort(new Error("before")) });
    await assertRejects(() => early.next(), Error, "before");
    const abortion = new AbortController();
    const items: [number, number][] = [[board.at, 1], [board.at, 2]];
    const values = pool[way](limits.blockItem, items, { signal: abortion.signal });
    const next = values.next();
    await until(() => board.load(calls.CALLS) === 1, "the first is running");
    abortion.abort(new Error("stop it"));
    await assertRejects(() => next, Error, "stop it");
    board.store(calls.GATE, 1);
    assertEquals((await values.next()).done, true);
    assertEquals(await pool.apply(calls.add, [1, 2]), 3);
    assertEquals(board.load(calls.CALLS), 1);
  });

  test(`a signal ends ${way} while its source is in the middle of an item, which is not run`, async () => {
    await using pool = new Pool(1);
    using board = new Gate();
    const { promise, resolve } = Promise.withResolvers<void>();
    let stopped = false;
    async function* source(): AsyncGenerator<[number, number]> {
      try {
        await promise;
        yield [board.at, 1];
      } finally {
        stopped = true;
      }
    }
    const abortion = new AbortController();
    const values = pool[way](limits.blockItem, source(), { signal: abortion.signal });
    const next = values.next();
    abortion.abort(new Error("stop it"));
    await assertRejects(() => next, Error, "stop it");
    resolve();
    await until(() => stopped, "the source is told to stop");
    assertEquals(await pool.apply(calls.add, [1, 2]), 3);
    assertEquals(board.load(calls.CALLS), 0);
  });

  test(`${way} tells its progress, and an error in that ends it alone`, async () => {
    await using pool = new Pool(2);
    const seen: [number, number | undefined][] = [];
    const onProgress = (done: number, total?: number) => void seen.push([done, total]);
    await collect(pool[way](calls.square, numbers(20), { chunkSize: 4, onProgress }));
    assertEquals(seen.map(([done]) => done), [4, 8, 12, 16, 20]);
    const bad = pool[way](calls.square, numbers(20), {
      onProgress() {
        throw new RangeError("mine");
      },
    });
    await assertRejects(() => collect(bad), RangeError, "mine");
    assertEquals(await pool.apply(calls.add, [1, 2]), 3);
  });
}

test("a loop over many values that are there lets timers come, and a large buffer lets values come", async () => {
  await using pool = new Pool(1);
  for (const way of ways) {
    for (const [chunkSize, bufferSize] of [[1, 2 ** 31 - 1], [50, 20_000]]) {
      let ticks = 0;
      const ticking = setInterval(() => ticks++, 1);
      for await (const _ of pool[way](calls.square, new Source(), { chunkSize, bufferSize })) {
        if (ticks >= 5) break;
      }
      clearInterval(ticking);
    }
  }
});

test("imap keeps the order while the first item takes longest; imapUnordered does not wait for it", async () => {
  await using pool = new Pool(2);
  using board = new Gate();
  const items: [number, number][] = [[board.at, 0], [board.at, 1], [board.at, 2]];
  const unordered = pool.imapUnordered(limits.waitIfFirst, items);
  const first = [(await unordered.next()).value, (await unordered.next()).value];
  assertEquals(first.toSorted(), [1, 2]);
  board.store(calls.GATE, 1);
  assertEquals([(await unordered.next()).value, (await unordered.next()).done], [0, true]);
  board.store(calls.GATE, 0);
  const ordered = collect(pool.imap(limits.waitIfFirst, items));
  await until(() => board.load(calls.CALLS) === 4, "the others are done");
  board.store(calls.GATE, 1);
  assertEquals(await ordered, [0, 1, 2]);
});

test("a loop over imap may do other things with its pool", async () => {
  await using pool = new Pool(1);
  const sums: number[] = [];
  for await (const n of pool.imap(calls.square, numbers(5))) {
    sums.push(await pool.apply(calls.add, [n, 1]));
  }
  assertEquals(sums, [1, 2, 5, 10, 17]);
});

test("no more is pulled than was taken and bufferSize says, whatever the chunks are", async () => {
  await using pool = new Pool(2);
  for (const chunkSize of [1, 2, 3, 5, 10]) {
    for (const bufferSize of [1, 2, 3, 7]) {
      let pulled = 0;
      let taken = 0;
      let most = 0;
      const source = function* (): Generator<number> {
        for (;;) {
          pulled++;
          most = Math.max(most, pulled - taken);
          yield pulled;
        }
      };
      for await (const value of pool.imap(calls.square, source(), { chunkSize, bufferSize })) {
        taken++;
        assertEquals(value, taken * taken);
        if (taken === 25) break;
      }
      // The next() that waits has taken one already.
      assert(
        most <= bufferSize + 1,
        `${most} for chunks of ${chunkSize}, bufferSize ${bufferSize}`,
      );
    }
  }
  const all: number[] = [];
  const options = { chunkSize: 2 ** 31 - 1 };
  for await (const value of pool.imap(calls.square, [1, 2, 3], options)) all.push(value);
  assertEquals(all, [1, 4, 9]);
});
