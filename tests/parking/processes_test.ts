import { assert, assertEquals } from "@std/assert";
import { Process } from "../../mod.ts";
import type { WordIndex } from "../../src/memory/words.ts";
import { member } from "../../src/parking/member.ts";
import { answer, changeAndDie, type Manner, pass, waitOnce } from "../fixtures/parking/targets.ts";
import { Turnstile } from "../fixtures/parking/turnstile.ts";
import { test, until } from "../support/harness.ts";
import "../support/shared_memory.ts";

/** Words of zero, for as long as the test needs them. */
class Words implements Disposable {
  readonly at: WordIndex;

  constructor(count: number) {
    const { heap, allocator: { cells } } = member();
    this.at = cells.allocate(count * 4);
    for (let i = 0; i < count; i++) heap.words.store(this.at + i, 0);
  }

  turnstile(i: number): Turnstile {
    return new Turnstile(member().parking, member().heap, this.at + i);
  }

  [Symbol.dispose](): void {
    member().allocator.cells.free(this.at);
  }
}

/** Starts processes that wait; resolves when all of them are about to. */
async function startWaiters(words: Words, manners: readonly Manner[]) {
  const waiters = manners.map((manner) =>
    new Process(waitOnce, { args: [words.at, words.at + 1, 5, manner] }).start()
  );
  const { heap } = member();
  await until(() => heap.words.load(words.at) === manners.length, "all are about to wait");
  return waiters;
}

const mixes: readonly (readonly Manner[])[] = [
  ["sync"],
  ["async"],
  ["sync", "async", "sync", "async"],
];

for (const manners of mixes) {
  test(`${manners.join(", ")} waits are ended by another process`, async () => {
    using words = new Words(2);
    const waiters = await startWaiters(words, manners);
    words.turnstile(1).pass(5);
    for (const waiter of waiters) assertEquals(await waiter.result, 5);
    for (const waiter of waiters) await waiter.join();
  });

  test(`${manners.join(", ")} waits end although their waker was killed before it woke`, async () => {
    using words = new Words(2);
    const waiters = await startWaiters(words, manners);
    // Until the mark is there, there is nobody to wake.
    const { heap } = member();
    await until(() => heap.words.load(words.at + 1) === 1, "somebody waits");
    const waker = new Process(changeAndDie, { args: [words.at + 1, 5] }).start();
    await waker.join();
    assertEquals(waker.signal, "SIGKILL");
    for (const waiter of waiters) assertEquals(await waiter.result, 5);
    for (const waiter of waiters) await waiter.join();
  });
}

test("waits of this process on its thread and its event loop are ended by another", async () => {
  using words = new Words(2);
  const first = new Process(pass, { args: [words.at, 1] }).start();
  assertEquals(words.turnstile(0).waitSync(1), 1);
  const second = new Process(pass, { args: [words.at + 1, 1] }).start();
  assertEquals(await words.turnstile(1).wait(1), 1);
  for (const child of [first, second]) await child.join();
});

test("the waits of a process that dies do not hinder the others", async () => {
  using words = new Words(2);
  const waiters = await startWaiters(words, ["sync", "async", "async"]);
  waiters[1].kill();
  await waiters[1].join();
  words.turnstile(1).pass(5);
  assertEquals([await waiters[0].result, await waiters[2].result], [5, 5]);
  for (const waiter of waiters) await waiter.join();
});

test("waits that begin and end while another process rings are all heard", async () => {
  const channels = 4;
  const rounds = 2_000;
  using words = new Words(2 * channels);
  const { heap } = member();
  const server = new Process(answer, { args: [words.at, channels, rounds] }).start();
  // Each goes to rest and begins again at moments of its own: the ear is never in step with the bell.
  const clients = Array.from({ length: channels }, async (_, channel) => {
    const answers = words.turnstile(channels + channel);
    for (let turn = 1; turn <= rounds; turn++) {
      heap.words.store(words.at + channel, turn);
      for (let i = turn * (channel + 1) % 7; i > 0; i--) await undefined;
      assert(await answers.wait(turn) >= turn);
    }
  });
  await Promise.all(clients);
  await server.result;
  await server.join();
});
