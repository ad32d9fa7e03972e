import { assert, assertEquals } from "@std/assert";
import { BoundedSemaphore, Lock, Process, RWLock } from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import { contend, type Exclusive } from "../fixtures/sync/instants.ts";
import { COUNT, DONE, TURNS } from "../fixtures/sync/locks.ts";
import { test } from "../support/harness.ts";

const targets: Record<string, () => Exclusive> = {
  Lock: () => new Lock(),
  BoundedSemaphore: () => new BoundedSemaphore(1),
  RWLock: () => new RWLock(),
};

// Those of two children that were rung as they ended are closed with the next one that is opened.
const bells = { descriptors: 4 };

for (const [name, make] of Object.entries(targets)) {
  test(`a timeout in the instant of a hand-over neither loses a ${name} nor gives it twice`, {
    allow: bells,
  }, async () => {
    const target = make();
    using board = new Board();
    const processes = (["sync", "async"] as const).map((kind) =>
      new Process(contend, { args: [target, board.at, 200, kind] }).start()
    );
    await contend(target, board.at, 200, "async");
    for (const process of processes) await process.result;
    for (const process of processes) await process.join();
    assertEquals([board.load(COUNT), board.load(TURNS), target.locked], [0, 0, false]);
    assert(board.load(DONE) > 0);
    if (target instanceof RWLock) assert(target.tryAcquireWrite() !== undefined);
    else assert(target.tryAcquire() !== undefined);
  });
}
