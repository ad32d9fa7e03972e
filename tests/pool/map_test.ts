import process from "node:process";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Pool, RemoteError, SerializationError } from "../../mod.ts";
import * as calls from "../fixtures/pool/calls.ts";
import * as crashes from "../fixtures/pool/crashes.ts";
import {
  answerLazily,
  refuseRequest,
  refuseToBeRead,
  refuseToBeReadLater,
  tallyAndRefuseSevens,
  tallyOrFail,
} from "../fixtures/pool/failing.ts";
import { Gate } from "../fixtures/pool/gate.ts";
import { Board } from "../fixtures/sync/board.ts";
import { test } from "../support/harness.ts";

const refusals: readonly ((n: number) => number | Promise<number>)[] = [
  calls.refuseSevens,
  calls.refuseSevensLater,
];

function numbers(length: number, first = 0): number[] {
  return Array.from({ length }, (_, i) => first + i);
}

test("map and its twins bring the values in the order of the items", async () => {
  await using pool = new Pool(2);
  const items = numbers(100);
  const squares = items.map((n) => n * n);
  assertEquals(await pool.map(calls.square, items), squares);
  assertEquals(await pool.map(calls.squareLater, items), squares);
  assertEquals(await pool.map(calls.square, new Set(items)), squares);
  assertEquals(pool.mapSync(calls.square, items), squares);
  assertEquals(pool.mapSync(calls.squareLater, items), squares);
  assertEquals(await pool.mapAsync(calls.square, items).get(), squares);
  for (const chunkSize of [1, 3, 99, 100, 1000]) {
    assertEquals(await pool.map(calls.square, items, { chunkSize }), squares);
  }
  assertEquals(await pool.map(calls.square, []), []);
  assertEquals(pool.mapSync(calls.square, []), []);
});

test("map calls its function with the item alone", async () => {
  await using pool = new Pool(1);
  assertEquals(await pool.map(calls.count, [[1, 2], undefined]), [1, 1]);
});

test("starmap and its twins spread their items", async () => {
  await using pool = new Pool(2);
  const items = numbers(50).map((n): [number, number] => [n, 1]);
  const sums = numbers(50, 1);
  assertEquals(await pool.starmap(calls.add, items), sums);
  assertEquals(await pool.starmap(calls.addLater, items, { chunkSize: 7 }), sums);
  assertEquals(pool.starmapSync(calls.add, items), sums);
  assertEquals(await pool.starmapAsync(calls.add, items).get(), sums);
  assertEquals(await pool.starmap(calls.count, [[], [1], [1, 2]]), [0, 1, 2]);
});

test("many items and large items come back whole", async () => {
  await using pool = new Pool(2);
  const many = numbers(20_000);
  assertEquals(await pool.map(calls.same<number>, many), many);
  assertEquals(
    await pool.map(calls.same<number>, many.slice(0, 3000), { chunkSize: 1 }),
    many.slice(0, 3000),
  );
  const large = numbers(20).map((n) => new Uint8Array(50_000).fill(n));
  assertEquals(await pool.map(calls.same<Uint8Array>, large), large);
});

test("the first error rejects with its index, whatever the chunks are", async () => {
  await using pool = new Pool(2);
  for (const chunkSize of [1, 2, 5, 100, undefined]) {
    for (const fn of refusals) {
      const error = await assertRejects(
        () => pool.map(fn, numbers(6, 1).concat(7, 8, 9), { chunkSize }),
        RemoteError,
        "no 7 here",
      );
      assertEquals(error.index, 6);
      assertStringIncludes(error.remoteStack, "calls.ts");
    }
  }
  const error = assertThrows(() => pool.mapSync(calls.refuseSevens, [1, 7]), RemoteError);
  assertEquals(error.index, 1);
});

test("after an error, what no worker has begun is not run", async () => {
  await using pool = new Pool(1);
  using board = new Gate();
  const items: [number, number][] = numbers(200).map((n) => [board.at, n]);
  await assertRejects(
    () => pool.starmap(tallyOrFail, items, { chunkSize: 1 }),
    RemoteError,
    "first",
  );
  // The pool is in order, so whatever it was to run of the old call, it has run by now.
  assertEquals(await pool.apply(calls.add, [1, 2]), 3);
  assert(board.load(calls.CALLS) < 200, "the rest is not run");
});

test("with failFast off all other items are run, and the first error of all is told", async () => {
  await using pool = new Pool(2);
  for (const chunkSize of [1, 4, 30]) {
    using board = new Gate();
    const items: [number, number][] = numbers(30, 1).map((n) => [board.at, n]);
    const seen: [number, number | undefined][] = [];
    const error = await assertRejects(
      () =>
        pool.starmap(tallyAndRefuseSevens, items, {
          chunkSize,
          failFast: false,
          onProgress: (done, total) => void seen.push([done, total]),
        }),
      RemoteError,
      "no 7 here",
    );
    assertEquals(error.index, 6);
    assertEquals(board.load(calls.CALLS), 30);
    // Those that failed are done, too.
    assertEquals(seen.at(-1), [30, 30]);
  }
});

test("onProgress counts up to the total, and an error in it ends its call alone", async () => {
  await using pool = new Pool(2);
  const seen: number[] = [];
  const total = new Set<number | undefined>();
  await pool.map(calls.square, numbers(50), {
    chunkSize: 3,
    onProgress(done, of) {
      seen.push(done);
      total.add(of);
    },
  });
  assertEquals(seen, [...seen].sort((a, b) => a - b));
  assertEquals([seen.at(-1), [...total]], [50, [50]]);
  const onProgress = () => {
    throw new RangeError("mine");
  };
  const other = pool.map(calls.square, numbers(100));
  await assertRejects(() => pool.map(calls.square, [1, 2], { onProgress }), RangeError, "mine");
  assertThrows(() => pool.mapSync(calls.square, [1, 2], { onProgress }), RangeError, "mine");
  assertEquals(await other, numbers(100).map((n) => n * n));
});

test("an item that cannot be sent rejects with its place, and harms nothing else", async () => {
  await using pool = new Pool(1);
  const items = numbers(20).map((n) => [n === 13 ? { click() {} } : n]);
  for (const chunkSize of [1, 4, 20]) {
    const error = await assertRejects(
      () => pool.map(calls.same<unknown>, items, { chunkSize }),
      SerializationError,
    );
    assertEquals(error.path, "items[13][0].click");
  }
  assertEquals(await pool.apply(calls.add, [1, 2]), 3);
});

test("an iterable that throws rejects with what it throws", async () => {
  await using pool = new Pool(1);
  function* broken(): Generator<number> {
    yield 1;
    throw new RangeError("no more items");
  }
  await assertRejects(() => pool.map(calls.square, broken()), RangeError, "no more items");
  assertEquals(await pool.apply(calls.add, [1, 2]), 3);
});

for (const fn of [calls.tallyAndRefuse, calls.tallyAndKeep]) {
  for (const chunkSize of [1, 3, 8, undefined]) {
    test(`with failFast off every item is called once: ${fn.name}, chunks of ${chunkSize}`, async () => {
      await using pool = new Pool(2);
      using board = new Board();
      const items = Array.from({ length: 8 }, (_, i): [number, number] => [board.at, i]);
      const done: number[] = [];
      const options = { chunkSize, failFast: false, onProgress: (n: number) => void done.push(n) };
      const error = await assertRejects(() =>
        pool.map<[number, number], unknown>(fn, items, options)
      );
      if (fn === calls.tallyAndRefuse) {
        assertEquals([(error as Error).message, (error as RemoteError).index], ["no 0", 0]);
      } else assertStringIncludes((error as Error).message, "result[0]");
      assertEquals(done.at(-1), 8);
      const values: unknown[] = [];
      const lazy = pool.imap<[number, number], unknown>(fn, items, {
        ...options,
        chunkSize: chunkSize ?? 1,
      });
      await assertRejects(async () => {
        for await (const value of lazy) values.push(value);
      });
      assertEquals(values, [1, 2, 4, 5, 7]);
      const counts = items.map(([, n]) => board.load(calls.CALLS + n));
      assertEquals(counts, Array(8).fill(2));
    });
  }
}

test("what map has been given is not looked at again", async () => {
  await using pool = new Pool(1);
  const items = Array.from({ length: 20 }, (_, i) => ({ n: i }));
  const totals: (number | undefined)[] = [];
  const onProgress = (_: number, total?: number) => void totals.push(total);
  const mapped = pool.map(calls.refuseFirst, items, { chunkSize: 4, failFast: false, onProgress });
  for (const item of items) item.n = 99;
  items.length = 0;
  const error = await assertRejects(() => mapped, RemoteError, "the first of 20");
  assertEquals(error.index, 0);
  assertEquals(totals, Array(5).fill(20));
});

test("of many errors in a chunk only the first is sent", async () => {
  await using pool = new Pool(1);
  using board = new Board();
  for (const fn of [refuseToBeRead, refuseToBeReadLater]) {
    const reads: number[] = [];
    for (const length of [1, 100]) {
      board.store(calls.CALLS, 0);
      const items = numbers(length).map((n): [number, number] => [board.at, n]);
      const options = { chunkSize: length, failFast: false };
      const error = await assertRejects(() => pool.starmap(fn, items, options), RemoteError);
      const { message, index, detail } = error as RemoteError & { detail: number };
      assertEquals([message, index, detail], ["no 0", 0, 0]);
      reads.push(board.load(calls.CALLS));
    }
    assertEquals(reads[1], reads[0]);
  }
});

test("with failFast off an item that cannot be decoded does not take others of its chunk with it", async () => {
  await using pool = new Pool(1);
  await pool.apply(crashes.setTrap);
  const items = [1, 2, crashes.trapped("throw"), 3];
  const options = { chunkSize: 4, failFast: false };
  const error = await assertRejects(
    () => pool.map(calls.same<unknown>, items, options),
    RemoteError,
  );
  assertEquals(error.index, 2);
  const values: unknown[] = [];
  const more = [...items, 4, 5, crashes.trapped("throw"), 6, () => {}, 7, 8, 9, 10, 11, 12];
  const done: number[] = [];
  const onProgress = (count: number) => void done.push(count);
  const lazy = { ...options, chunkSize: 5, bufferSize: 5, onProgress };
  const lost = await assertRejects(async () => {
    for await (const value of pool.imap(calls.same<unknown>, more, lazy)) values.push(value);
  }, RemoteError);
  assertEquals([values, lost.index], [numbers(12, 1), 2]);
  assertEquals(done.at(-1), more.length);
});

test("an error of which a field cannot be sent arrives without that", async () => {
  await using pool = new Pool(1);
  const items = [1, 2, 3, 4, 6];
  const options = { chunkSize: 5 };
  const ways: [() => Promise<unknown>, index: number | undefined][] = [
    [() => pool.apply(refuseRequest, [3]), undefined],
    [() => pool.map(refuseRequest, items, options), 2],
    [() => pool.map(refuseRequest, items, { ...options, failFast: false }), 2],
  ];
  for (const [call, index] of ways) {
    const error = await assertRejects(call, RemoteError) as RemoteError & Record<string, unknown>;
    const { name, message, status, request } = error;
    assertEquals([name, message, status, request], [
      "RangeError",
      "no answer to 3",
      404,
      undefined,
    ]);
    assertEquals(error.index, index);
    assertStringIncludes(error.remoteStack ?? "", "refuseRequest");
  }
});

test("a thenable that an item gives is asked once", async () => {
  await using pool = new Pool(1);
  for (const failFast of [true, false]) {
    const items = failFast ? [1, 2, 3] : [4, 5, 6];
    assertEquals(await pool.map(answerLazily, items, { chunkSize: 3, failFast }), [1, 1, 1]);
  }
});

test("map refuses items that come later", async () => {
  await using pool = new Pool(1);
  async function* later(): AsyncGenerator<number> {
    yield await Promise.resolve(1);
  }
  const items = later() as unknown as number[];
  await assertRejects(() => pool.map(calls.square, items), TypeError, "items must be iterable");
});

test("who is told of progress may wait for a call on its thread while workers die", async () => {
  await using pool = new Pool(2);
  await pool.map(calls.square, numbers(6), { chunkSize: 1 });
  let told = 0;
  const onProgress = (): void => {
    if (told++ > 0) return;
    for (const pid of pool.pids) process.kill(pid, "SIGKILL");
    assertEquals(pool.applySync(calls.square, [7], { retries: 5 }), 49);
  };
  const mapped = pool.map(calls.square, [1, 2], { chunkSize: 1, onProgress });
  // Both are done before the first is told of.
  const end = performance.now() + 500;
  while (performance.now() < end);
  assertEquals(await mapped, [1, 4]);
  assertEquals(await Promise.all(numbers(20).map((n) => pool.apply(calls.squareLater, [n]))), [
    ...numbers(20).map((n) => n * n),
  ]);
});
