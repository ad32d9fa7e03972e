import { assert, assertEquals } from "@std/assert";
import { BoundedSemaphore, Event, Lock, Process, RWLock } from "../../mod.ts";
import { Board } from "../fixtures/sync/board.ts";
import { contend, type Exclusive } from "../fixtures/sync/instants.ts";
import { COUNT, DONE, READY, TURNS } from "../fixtures/sync/locks.ts";
import { test, until } from "../support/harness.ts";

const targets: Record<string, () => Exclusive> = {
  Lock: () => new Lock(),
  BoundedSemaphore: () => new BoundedSemaphore(1),
  RWLock: () => new RWLock(),
};

for (const [name, make] of Object.entries(targets)) {
  test(`a timeout in the instant of a hand-over neither loses a ${name} nor gives it twice`, async () => {
    const target = make();
    const signal = new Event();
    using board = new Board();
    const processes = (["sync", "async"] as const).map((kind) =>
      new Process(contend, { args: [target, signal, board.at, 200, kind] }).start()
    );
    // A child takes longer to start than all the turns of one that is alone.
    const here = contend(target, signal, board.at, 200, "async");
    await until(() => board.load(READY) === 3, "all are there");
    signal.set();
    await here;
    for (const process of processes) await process.result;
    for (const process of processes) await process.join();
    assertEquals([board.load(COUNT), board.load(TURNS), target.locked], [0, 0, false]);
    assert(board.load(DONE) > 0);
    if (target instanceof RWLock) assert(target.tryAcquireWrite() !== undefined);
    else assert(target.tryAcquire() !== undefined);
  });
}
