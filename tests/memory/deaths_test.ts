import { assert, assertEquals } from "@std/assert";
import { Process } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { churn, churnForEver } from "../fixtures/memory/churn.ts";
import { randomFrom } from "../fixtures/memory/random.ts";
import { test, until } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { heapBytes, inUse, SLACK } from "./in_use.ts";
import { emptyMailbox, makeMailbox } from "./mailbox.ts";

test("processes killed while they allocate leave nothing behind", async () => {
  const { heap: { words }, allocator: { cells }, table } = member();
  const random = randomFrom(4711);
  const before = inUse();
  const owners = [...table.owners()].length;
  // One that lives on while the others die around it.
  const mailbox = makeMailbox();
  const survivor = new Process(churn, { args: [99, 10_000, mailbox] }).start();
  let held = 0;
  for (let round = 0; round < 6; round++) {
    const victims = [0, 1].map((i) => {
      const ready = cells.allocate(4);
      words.store(ready, 0);
      const seed = 2 * round + i;
      return { ready, process: new Process(churnForEver, { args: [seed, ready] }).start() };
    });
    for (const { ready, process } of victims) {
      await until(() => words.load(ready) !== 0, "it allocates");
      // A random instant: some steps of this process's own.
      for (let wait = random() * 20_000; wait > 0; wait--) words.load(ready);
      process.kill();
      await process.join();
      assertEquals(process.signal, "SIGKILL");
      held += words.load(ready);
      cells.free(ready);
    }
  }
  assert(held > 12 * 20, `they held ${held} pieces`);
  await survivor.result;
  await survivor.join();
  emptyMailbox(mailbox);
  await until(() => [...table.owners()].length === owners, "all of them are recovered");
  assertEquals(inUse(), before);
});

test("the pages of a dead process go back to the machine, too", async () => {
  const { heap: { words }, allocator: { cells } } = member();
  const ready = cells.allocate(4);
  const run = async () => {
    words.store(ready, 0);
    const child = new Process(churnForEver, { args: [7, ready] }).start();
    await until(() => words.load(ready) !== 0, "it allocates");
    child.kill();
    await child.join();
  };
  await run();
  const before = heapBytes();
  await run();
  await run();
  cells.free(ready);
  assert(heapBytes() <= before + SLACK, `${heapBytes() - before} bytes stay`);
});
