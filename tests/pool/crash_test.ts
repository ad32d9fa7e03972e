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

/** The reason, for whoever reads it. */
function assertReason(error: unknown, how: Disaster, pids: readonly number[]): void {
  assert(error instanceof ProcessError, String(error));
  if (how === "throw" || how === "reject") {
    assert(error instanceof RemoteError || error instanceof SerializationError, String(error));
    return assertStringIncludes(error.message, "a disaster");
  }
  if (how === "loop") {
    assert(error instanceof TimeoutError, String(error));
    return assertStringIncludes(error.message, "200 ms");
  }
  assert(error instanceof ProcessDiedError, String(error));
  assert(pids.includes(error.pid!), `${error.pid} is none of ${pids}`);
  const { exitCode, signal } = error;
  if (how === "exit") assertEquals([exitCode, signal], [3, null]);
  else if (how === "memory") assert(exitCode !== 0 && exitCode !== null, `exit code ${exitCode}`);
  else assertEquals(signal, how);
}

for (const [place, call] of Object.entries(places)) {
  test(`what goes wrong while ${place} settles its call with the reason, and nothing else`, async () => {
    await using pool = new Pool(2, { initializer: crashes.setTrap });
    assertEquals(await pool.map(crashes.triple, items, { chunkSize: 1 }), triples);
    for (const how of disasters) {
      const { pids } = pool;
      // A promise that rejects and that nobody awaits ends the worker, with whatever it runs by then.
      const stray = how === "reject" && place !== "running";
      const bad = call(pool, how, { timeout: how === "loop" ? 200 : undefined });
      const outcome = bad.then((value) => ({ value }), (error: unknown) => ({ error }));
      const options = { chunkSize: 1, retries: stray ? 5 : 0 };
      assertEquals(await pool.map(crashes.triple, items, options), triples, how);
      const end = await outcome;
      if (!stray) assertReason("error" in end ? end.error : end.value, how, pids);
      else if ("error" in end) assert(end.error instanceof ProcessError, String(end.error));
      else assertEquals(end.value, "swallowed");
      if (how !== "throw" && (stray || how !== "reject")) {
        await until(() => pool.pids.some((pid) => !pids.includes(pid)), `${how}: one is replaced`);
      }
      assertEquals([pool.size, new Set(pool.pids).size], [2, 2]);
    }
    assertEquals(await pool.map(crashes.triple, items, { chunkSize: 1 }), triples);
  });
}

for (const how of disasters) {
  test(`an initializer that goes wrong (${how}) rejects all that the pool was given, and its workers end`, async () => {
    const pool = new Pool(2, {
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
  });
}

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

for (const how of disasters) {
  if (how === "throw" || how === "reject" || how === "loop") continue;
  test(`a submitter that ends while it decodes a result (${how}) takes its workers with it`, async () => {
    const script = new Script("pool/scripts/bad_submitter.ts", { args: [how] });
    const pids = (await script.printed(2)).map(Number);
    const { code, signal, stdout } = await script.ending;
    assertEquals(stdout.split("\n").length, 3, "it did not go on");
    if (how === "exit") assertEquals([code, signal], [3, null]);
    else if (how === "memory") assert(code !== 0, `exit code ${code}`);
    else assertEquals(signal, how);
    await until(() => areGone(pids), "the workers are gone");
  });
}

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
