import { assert, assertEquals } from "@std/assert";
import { dispose, Process, Queue, sharedArray } from "../../mod.ts";
import { Random } from "../codec/random.ts";
import type { Kind } from "../fixtures/channel/queues.ts";
import * as children from "../fixtures/channel/queues.ts";
import { isWhole, type Item, type Log, produce, PRODUCERS } from "../fixtures/channel/storm.ts";
import { test, until } from "../support/harness.ts";
import { processes } from "../support/proc.ts";
import "../support/shared_memory.ts";

const VICTIMS = 30;
const AT_A_TIME = 6;

test(`${VICTIMS} producers killed in the middle of putting lose and tear nothing that was put`, async () => {
  const random = new Random(1);
  const queue = new Queue<Item>(500);
  const log: Log = {
    state: sharedArray("i", 2),
    begun: sharedArray("i", PRODUCERS),
    done: sharedArray("i", PRODUCERS),
    taken: sharedArray("i", 1),
    seen: sharedArray("B", 1),
  };
  const next = new Array<number>(VICTIMS).fill(0);
  const take = (): boolean => {
    const got = queue.tryGet();
    if (got.state !== "item") return false;
    const { by, n } = got.value;
    assertEquals(n, next[by]++, `of producer ${by}`);
    assert(isWhole(got.value), `item ${n} of producer ${by} is torn`);
    return true;
  };
  const takeSome = async () => {
    for (let i = 0; i < 100 && take(); i++);
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  for (let first = 0; first < VICTIMS; first += AT_A_TIME) {
    const victims = Array.from({ length: AT_A_TIME }, (_, i) => {
      const by = first + i;
      const kind: Kind = random.pick(["sync", "async"]);
      const child = new Process(produce, { args: [queue, log, by, kind] }).start();
      return { by, child };
    });
    // Each some items after it has begun to put, whosesoever those are: it may be at anything by then.
    for (let left = [...victims]; left.length > 0;) {
      await takeSome();
      const begun = left.filter(({ by }) => Atomics.load(log.begun, by) > 0);
      left = left.filter((victim) => !begun.includes(victim));
      for (const { child } of begun) {
        for (let items = random.below(200); items > 0; items--) take();
        child.kill();
      }
    }
    for (const { by, child } of victims) {
      await child.join();
      assertEquals(child.signal, "SIGKILL");
      while (take());
      assert(next[by] >= log.done[by] && next[by] <= log.begun[by], `producer ${by}`);
    }
  }
  queue.putSync({ by: 0, n: next[0], load: undefined });
  assertEquals(queue.size, 1);
  queue.dispose();
  for (const array of Object.values(log)) dispose(array);
});

for (const kind of ["sync", "async"] as const) {
  test(`a consumer that is killed while it waits (${kind}) in get() takes no item along`, async () => {
    using queue = new Queue<number>();
    using ready = new Queue<string>();
    const [victim, other] = [0, 1].map(() =>
      new Process(children.sayAndTakeAll, { args: [queue, ready, kind] }).start()
    );
    for (let i = 0; i < 2; i++) await ready.get();
    await until(() => isAsleep(victim.pid!) && isAsleep(other.pid!), "both wait");
    victim.kill();
    // At once: the dead one's mark is still in the queue, and nobody has recovered it.
    const items = Array.from({ length: 50 }, (_, i) => i);
    for (const item of items) queue.putSync(item);
    await until(() => queue.isEmpty, "the other has taken the items");
    queue.close();
    assertEquals(await other.result, items);
    await victim.join();
  });

  test(`a producer that is killed while it waits (${kind}) for room leaves none behind`, async () => {
    using queue = new Queue<children.Numbered>(1);
    const [victim, other] = [0, 1].map((by) =>
      new Process(children.putMany, { args: [queue, by, 100, kind] }).start()
    );
    // Both have started once an item of each has come.
    const seen = new Set<number>();
    const next = [0, 0];
    const check = ({ by, n }: children.Numbered) => {
      assertEquals(n, next[by]++);
      seen.add(by);
    };
    while (seen.size < 2 && other.isAlive && victim.isAlive) check(await queue.get());
    victim.kill();
    await victim.join();
    while (next[1] < 100) check(await queue.get());
    assertEquals(await other.result, undefined);
    for (let got = queue.tryGet(); got.state === "item"; got = queue.tryGet()) check(got.value);
    await queue.put({ by: 0, n: next[0] });
    check(await queue.get());
  });
}

/** Whether the main thread of a process sleeps. */
function isAsleep(pid: number): boolean {
  return processes().some((entry) => entry.pid === pid && entry.state === "S");
}
