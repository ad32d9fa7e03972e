import { assertEquals } from "@std/assert";
import { Process, Queue } from "../../mod.ts";
import * as children from "../fixtures/channel/queues.ts";
import { storm } from "../stress/queue_deaths_storm.ts";
import { rage } from "../stress/storm.ts";
import { test, until } from "../support/harness.ts";
import { processes } from "../support/proc.ts";
import "../support/shared_memory.ts";

test("30 processes killed as they put, get and wait in 100 gets cost at most what was got, and tear nothing", async () => {
  await rage(storm, 0, 1, { kills: 30, "waits cut off": 100 });
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
