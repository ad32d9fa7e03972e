/** The queue that can be joined. */
import { registerHandles } from "../codec/handle.ts";
import { deadlineOf, type WaitOptions } from "../parking/waitable.ts";
import { adopt } from "../parking/adopt.ts";
import { KIND } from "./kinds.ts";
import { partyOf } from "./party.ts";
import {
  asKind,
  endQueue,
  mournQueue,
  objectOfQueue,
  partsOfQueue,
  Queue,
  type QueueKind,
  type QueueParts,
} from "./queue.ts";
import { TALLY, Tally } from "./tally.ts";
import { inspectable } from "../runtime/inspection.ts";

const JOINABLE: QueueKind = { kind: KIND.joinableQueue, words: TALLY.size };
const WHAT = "all tasks to be done";

/**
 * A queue of tasks: who takes one says when it is done, and others wait until all are.
 *
 * - It is a {@linkcode Queue} and promises all that a queue does.
 * - An item is unfinished from the moment at which it is in the queue until somebody says `taskDone()` for it: who
 *   has got it, by custom, but that is not checked.
 * - Whoever joins when nothing is unfinished, or waits when that comes true, gets through, also if more is put at once.
 * - A process that dies after it has got an item and before it has said `taskDone()` leaves it unfinished: nobody can know
 *   whether it was done. Join with a timeout, and look at your processes, if they may be killed.
 *
 * Modelled on Python's `multiprocessing.JoinableQueue`.
 *
 * @example Wait until all is done
 * ```ts
 * import { JoinableQueue, Process } from "@x/mp";
 *
 * export async function work(tasks: JoinableQueue<number>) {
 *   for await (const n of tasks) {
 *     console.log(n * n); // 1, 4, 9
 *     tasks.taskDone();
 *   }
 * }
 *
 * if (import.meta.main) {
 *   const tasks = new JoinableQueue<number>();
 *   const process = new Process(work, { args: [tasks] }).start();
 *   for (const n of [1, 2, 3]) await tasks.put(n);
 *   await tasks.join();
 *   console.log("all done");
 *   tasks.close();
 *   await process.join();
 * }
 * ```
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  /**
   * Makes a queue of tasks.
   *
   * @param maxSize How many items it takes before `put()` waits; 0, the default, for as many as there is memory for.
   * @throws {RangeError} if it is negative or not an integer.
   * @throws {OutOfMemoryError} if there is no room for the queue itself.
   */
  constructor(maxSize = 0) {
    super(asKind(JOINABLE, maxSize));
  }

  /** How many items were put for which nobody has said `taskDone()`: exact for one moment during the call. */
  get unfinished(): number {
    return tallyOf(partsOfQueue(this, "look at")).unfinished;
  }

  /**
   * Says that a task that was got is done.
   *
   * @throws {RangeError} if that was said for every item that was put.
   */
  taskDone(): void {
    if (tallyOf(partsOfQueue(this, "say a task is done in")).finish()) return;
    throw new RangeError(
      "Cannot say that a task is done: taskDone() was called for every item that was put, 0 are unfinished",
    );
  }

  /**
   * Waits on the event loop until nothing is unfinished.
   *
   * @param wait How long to wait.
   * @throws {TimeoutError} if something is unfinished for so long.
   * @throws The signal's reason, if that aborted the wait.
   */
  async join(wait?: WaitOptions): Promise<void> {
    const parts = partsOfQueue(this, "join");
    const end = parts.begin();
    try {
      const waitable = { ...tallyOf(parts).emptiness(WHAT), keeps: this };
      await parts.member.parking.waitAsync(waitable, deadlineOf(wait), wait);
    } finally {
      end();
    }
  }

  /**
   * Waits until nothing is unfinished, and blocks this thread.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   * @throws {TimeoutError} if something is unfinished for so long.
   */
  joinSync(wait?: WaitOptions): void {
    const parts = partsOfQueue(this, "join");
    parts.member.parking.waitSync(tallyOf(parts).emptiness(WHAT), deadlineOf(wait), wait);
  }
}

function tallyOf({ member, channel, at }: QueueParts): Tally {
  return new Tally(partyOf(member), at, channel.frontier.tailWord);
}

registerHandles({
  kind: KIND.joinableQueue,
  name: "JoinableQueue",
  prototype: JoinableQueue.prototype,
  at: (queue) => objectOfQueue(queue),
  make: (at) => adopt(at, () => new JoinableQueue()),
  end: endQueue,
  mourn: mournQueue,
});

inspectable(JoinableQueue.prototype, ["size", "maxSize", "unfinished", "isClosed"]);
