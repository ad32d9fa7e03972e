/**
 * The crash matrix: whatever goes wrong, wherever a pool runs user code, settles what it belongs to
 * with its reason, and nothing else.
 *
 * | | in a worker: decoding arguments, running, encoding a result | initializer | in the submitter: decoding a result |
 * | --- | --- | --- | --- |
 * | throw | the call rejects with the error | the pool rejects | the call rejects, with the error as cause |
 * | reject | running: as throw. Elsewhere nobody awaits the promise: it is an uncaught error of the worker, which dies of it | as throw | no such cell: it is an uncaught error of the program, as anywhere else in it |
 * | exit, signals, memory | the call rejects with pid, code and signal | the pool rejects | the program ends, and its workers with it |
 * | endless loop | a timeout ends the worker | a timeout rejects the pool | no such cell: nobody can end the loop but who ends the program |
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type CallOptions,
  Pool,
  ProcessDiedError,
  ProcessError,
  RemoteError,
  SerializationError,
  TimeoutError,
} from "../../mod.ts";
import * as crashes from "../fixtures/pool/crashes.ts";
import { type Disaster, disasters } from "../fixtures/pool/crashes.ts";
import { inUse } from "../memory/in_use.ts";
import { areGone, Script } from "../process/script.ts";
import { registerLeakCheck, test, until } from "../support/harness.ts";

registerLeakCheck("cells and blocks", () => inUse().reduce((sum, count) => sum + count, 0));

/** Where something goes wrong in a worker: a call that does. */
const places: Readonly<
  Record<string, (pool: Pool, how: Disaster, options: CallOptions) => Promise<unknown>>
> = {
  "decoding the arguments": (pool, how, options) =>
    pool.apply(crashes.swallow, [crashes.trapped(how)], options),
  "running": (pool, how, options) => pool.apply(crashes.suffer, [how], options),
  "encoding the result": (pool, how, options) => pool.apply(crashes.returnGetter, [how], options),
};

const items = Array.from({ length: 20 }, (_, i) => i);
const triples = items.map((n) => 3 * n);

/** One cell of the matrix. */
interface Cell {
  readonly place: string;
  readonly how: Disaster;
}

const cells: readonly Cell[] = Object.keys(places).flatMap((place) =>
  disasters.map((how) => ({ place, how }))
);

/** Brings a cell about; what it rejects with, or an error if it does not. */
async function outcomeOf(pool: Pool, { place, how }: Cell): Promise<unknown> {
  try {
    const value = await places[place](pool, how, { timeout: how === "loop" ? 200 : undefined });
    return new Error(`It returned ${String(value)}`);
  } catch (error) {
    return error;
  }
}

/** The reason, for whoever reads it. */
function assertReason(error: unknown, { place, how }: Cell): void {
  const cell = `${how} while ${place}: ${String(error)}`;
  assert(error instanceof ProcessError, cell);
  if (how === "throw" || how === "reject") {
    assert(error instanceof RemoteError || error instanceof SerializationError, cell);
    return assertStringIncludes(error.message, "a disaster", cell);
  }
  if (how === "loop") {
    assert(error instanceof TimeoutError, cell);
    return assertStringIncludes(error.message, "200 ms", cell);
  }
  assert(error instanceof ProcessDiedError, cell);
  const { exitCode, signal } = error;
  if (how === "exit") assertEquals([exitCode, signal], [3, null], cell);
  else if (how === "memory") assert(exitCode !== 0 && exitCode !== null, `${cell}: ${exitCode}`);
  else assertEquals(signal, how, cell);
}

/** Who has ever worked for a pool: a worker begins long after it is known here, and only then can it end. */
class Roll implements Disposable {
  readonly pids: Set<number> = new Set();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(pool: Pool) {
    const look = () => pool.pids.forEach((pid) => this.pids.add(pid));
    look();
    this.#timer = setInterval(look, 1);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

test("whatever goes wrong on the thread of a worker, all at a time, settles its own call with the reason, and nothing else", async () => {
  await using pool = new Pool(3, { initializer: crashes.setTrap });
  assertEquals(await pool.map(crashes.triple, items, { chunkSize: 1 }), triples);
  using roll = new Roll(pool);
  // What is asynchronous shares its worker with others, and its end.
  const bad = cells.filter(({ how }) => how !== "reject");
  const outcomes = Promise.all(bad.map((cell) => outcomeOf(pool, cell)));
  const good = Array.from({ length: 5 }, () => pool.map(crashes.triple, items, { chunkSize: 1 }));
  for (const values of good) assertEquals(await values, triples);
  const deaths: number[] = [];
  for (const [i, error] of (await outcomes).entries()) {
    assertReason(error, bad[i]);
    if (error instanceof ProcessDiedError) deaths.push(error.pid!);
  }
  // Each death is that of one worker, which had one task.
  assertEquals(new Set(deaths).size, 3 * 4);
  assert(deaths.every((pid) => roll.pids.has(pid)), `${deaths} were among ${[...roll.pids]}`);
  assertEquals(await pool.map(crashes.triple, items, { chunkSize: 1 }), triples);
  assertEquals([pool.size, new Set(pool.pids).size], [3, 3]);
});

test("a task that rejects rejects its call; a promise that nobody awaits ends the worker, and what it runs is run again", async () => {
  await using pool = new Pool(2, { initializer: crashes.setTrap });
  for (const place of Object.keys(places)) {
    const cell: Cell = { place, how: "reject" };
    const { pids } = pool;
    const outcome = outcomeOf(pool, cell);
    assertEquals(await pool.map(crashes.triple, items, { chunkSize: 1, retries: 5 }), triples);
    const error = await outcome;
    if (place === "running") {
      assertReason(error, cell);
      assertEquals(pool.pids, pids);
      continue;
    }
    // It may have been done before the worker ended.
    const isDone = String(error) === "Error: It returned swallowed";
    assert(isDone || error instanceof ProcessError, `${place}: ${String(error)}`);
    await until(() => pool.pids.some((pid) => !pids.includes(pid)), `${place}: one is replaced`);
    assertEquals([pool.size, new Set(pool.pids).size], [2, 2]);
  }
  assertEquals(await pool.map(crashes.triple, items, { chunkSize: 1 }), triples);
});

test("an initializer that goes wrong, in whatever way, rejects all that the pool was given, and its workers end", async () => {
  await Promise.all(disasters.map(async (how) => {
    const pool = new Pool(how === "throw" || how === "exit" ? 2 : 1, {
      initializer: crashes.suffer,
      initArgs: [how],
      taskTimeout: how === "loop" ? 200 : undefined,
    });
    const given = [pool.apply(crashes.triple, [1]), pool.map(crashes.triple, items)];
    const reason = how === "throw" || how === "reject"
      ? "its initializer failed: a disaster"
      : how === "loop"
      ? "its initializer failed: it ran longer than 200 ms"
      : "its workers die before they begin";
    for (const promise of given) {
      const error = await assertRejects(() => promise as Promise<unknown>, ProcessError, reason);
      if (how === "exit") assertEquals((error.cause as ProcessDiedError).exitCode, 3);
      if (how.startsWith("SIG")) assertEquals((error.cause as ProcessDiedError).signal, how);
    }
    await assertRejects(
      async () => void await pool.apply(crashes.triple, [1]),
      ProcessError,
      reason,
    );
    await pool.join();
  }));
});

test("what throws while a result is decoded rejects its call, with the error as its cause", async () => {
  const { set } = Map.prototype;
  await using pool = new Pool(2);
  try {
    crashes.setTrap();
    const bad = assertRejects(
      () => pool.apply(crashes.returnTrapped, ["throw"]),
      SerializationError,
      "Cannot receive the result",
    );
    assertEquals(await pool.map(crashes.triple, items, { chunkSize: 1 }), triples);
    const error = await bad;
    assertStringIncludes((error.cause as Error).message, "a disaster");
    assertEquals(pool.size, 2);
  } finally {
    Map.prototype.set = set;
  }
});

test("a submitter that ends while it decodes a result, in whatever way, takes its workers with it", async () => {
  const endings = disasters.filter((how) => !["throw", "reject", "loop"].includes(how));
  await Promise.all(endings.map(async (how) => {
    const script = new Script("pool/scripts/bad_submitter.ts", { args: [how] });
    const pids = (await script.printed(2)).map(Number);
    const { code, signal, stdout } = await script.ending;
    assertEquals(stdout.split("\n").length, 3, `${how}: it did not go on`);
    if (how === "exit") assertEquals([code, signal], [3, null]);
    else if (how === "memory") assert(code !== 0, `exit code ${code}`);
    else assertEquals(signal, how);
    await until(() => areGone(pids), `${how}: the workers are gone`);
  }));
});

test("errors and getters that throw what nobody expects settle their own calls", async () => {
  await using pool = new Pool(1);
  const [pid] = pool.pids;
  const calls: (() => unknown)[] = [
    crashes.throwNull,
    crashes.throwHostile,
    crashes.throwUnsendable,
    crashes.rejectUndefined,
    crashes.returnGetterOfNull,
    crashes.returnGetterOfHostile,
    crashes.returnHostileThenable,
    crashes.overflow,
  ];
  for (const fn of calls) {
    const error = await pool.apply(fn).then(
      (value) => new Error(`${fn.name} returned ${String(value)}`),
      (error: unknown) => error,
    );
    assert(error instanceof ProcessError, String(error));
    assertEquals(await pool.apply(crashes.triple, [2]), 6, fn.name);
  }
  assertEquals(pool.pids, [pid]);
});
