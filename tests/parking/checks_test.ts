import { assertStrictEquals } from "@std/assert";
import { Barrier, pipe, Pool, Queue, Semaphore, SharedMap, SharedMemory, wait } from "../../mod.ts";
import { add } from "../fixtures/pool/calls.ts";
import { test } from "../support/harness.ts";

/** Something as code without types would pass it. */
function wrong(value: unknown): never {
  return value as never;
}

async function saidBy(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    return String(error);
  }
  return "nothing";
}

const refusals: readonly (readonly [() => unknown, string])[] = [
  [
    () => new SharedMap(wrong(5)),
    "TypeError: Cannot make a shared map: entries must be iterable, got 5",
  ],
  [() => pipe(wrong(null)), "TypeError: Cannot make a pipe: options must be an object, got null"],
  [
    () => new Barrier(1, wrong(null)),
    "TypeError: Cannot make the barrier: options must be an object, got null",
  ],
  [
    () => new Barrier(wrong("2")),
    'RangeError: Cannot make the barrier: parties must be an integer from 1 to 4095, got "2"',
  ],
  [
    () => new Semaphore(wrong("2")),
    'RangeError: Cannot make the semaphore: value must be an integer from 0 to 2^30, got "2"',
  ],
  [
    () => new Queue(wrong("2")),
    'RangeError: Cannot make a queue: maxSize must be an integer from 0 to 268435455, got "2"',
  ],
  [
    () => wait(wrong(5)),
    "TypeError: Cannot wait: what is waited for must be iterable, got 5",
  ],
  [
    () => SharedMemory.create(wrong(undefined)),
    "TypeError: Cannot create shared memory: options must be an object, got undefined",
  ],
  [
    () => new Pool(wrong("2")),
    'RangeError: Cannot make a pool: workers must be an integer from 1 to 512, got "2"',
  ],
  [
    () => new Pool(1, { initArgs: wrong(5) }),
    "TypeError: Cannot make a pool: initArgs must be an array, got 5",
  ],
  [
    () => new Pool(1, { name: wrong(5) }),
    "TypeError: Cannot make a pool: name must be a string, got 5",
  ],
];

test("what is passed wrongly is refused, with the bound and what came instead", async () => {
  for (const [act, said] of refusals) assertStrictEquals(await saidBy(act), said);
});

test("a pool refuses arguments and signals that are none, and goes on", async () => {
  await using pool = new Pool(1);
  assertStrictEquals(
    await saidBy(() => pool.apply(add, wrong(5))),
    "TypeError: Cannot apply: args must be an array, got 5",
  );
  assertStrictEquals(
    await saidBy(() => pool.applySync(add, wrong(5))),
    "TypeError: Cannot apply: args must be an array, got 5",
  );
  assertStrictEquals(
    await saidBy(() => pool.apply(add, [1, 2], { signal: wrong({}) })),
    "TypeError: Cannot apply: signal must be an AbortSignal, got [object Object]",
  );
  assertStrictEquals(
    await saidBy(() => pool.starmap(add, [wrong(5)])),
    "TypeError: Cannot starmap: an item must be iterable, got 5",
  );
  assertStrictEquals(await pool.apply(add, [1, 2], { signal: wrong(null) }), 3);
});
