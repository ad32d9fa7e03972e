import { Process } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { type Manner, takeTurns } from "../fixtures/parking/targets.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";

/** How often a process has its turn. */
const TURNS = 10_000;

const mixes: readonly (readonly Manner[])[] = [
  ["sync", "sync", "sync", "sync"],
  ["async", "async", "async", "async"],
  ["sync", "async", "sync", "async"],
];

for (const manners of mixes) {
  test(`four processes take turns 10,000 times each: ${manners.join(", ")}`, async () => {
    const { heap, allocator: { cells } } = member();
    const baton = cells.allocate(4);
    heap.words.store(baton, 0);
    const parties = manners.map((manner, party) =>
      new Process(takeTurns, {
        args: [baton, party, manners.length, TURNS * manners.length, manner],
      }).start()
    );
    for (const party of parties) await party.result;
    for (const party of parties) await party.join();
    cells.free(baton);
  });
}
