/** Things in shared memory as they are hosted for those who do not share it. */
import { JoinableQueue } from "../../channel/joinable_queue.ts";
import { Queue } from "../../channel/queue.ts";
import { isShared } from "../../shared/dispose.ts";
import { Barrier } from "../../sync/barrier.ts";
import { Condition } from "../../sync/condition.ts";
import { Event } from "../../sync/event.ts";
import { Lock } from "../../sync/lock.ts";
import { RLock } from "../../sync/rlock.ts";
import { Semaphore } from "../../sync/semaphore.ts";
import { TYPE } from "../../proxies/types.ts";
import { HostedArray } from "./array.ts";
import { HostedCondition } from "./condition.ts";
import { HostedBarrier, HostedEvent } from "./event.ts";
import { HostedLock } from "./lock.ts";
import { HostedJoinableQueue, HostedQueue } from "./queue.ts";

/** What stands for a thing. */
export interface HostedFor {
  /** The number of its type. */
  readonly type: number;
  /** What it is. */
  readonly target: object;
}

/**
 * What stands for a thing in shared memory; `undefined` if it is none.
 *
 * @throws {TypeError} if it is held by processes, not by whom they act for.
 */
export function hostedFor(thing: object): HostedFor | undefined {
  if (thing instanceof RLock || (thing instanceof Condition && thing.lock instanceof RLock)) {
    throw new TypeError(
      "Cannot send an RLock, or a condition over one, to an unrelated process: a process holds it, " +
        "and the manager's would hold it for all; use a Lock",
    );
  }
  if (thing instanceof Lock) return { type: TYPE.lock, target: new HostedLock(thing) };
  if (thing instanceof Semaphore) return { type: TYPE.semaphore, target: new HostedLock(thing) };
  if (thing instanceof Condition) {
    return { type: TYPE.condition, target: new HostedCondition(thing) };
  }
  if (thing instanceof Event) return { type: TYPE.event, target: new HostedEvent(thing) };
  if (thing instanceof Barrier) return { type: TYPE.barrier, target: new HostedBarrier(thing) };
  if (thing instanceof JoinableQueue) {
    return { type: TYPE.joinableQueue, target: new HostedJoinableQueue(thing) };
  }
  if (thing instanceof Queue) return { type: TYPE.queue, target: new HostedQueue(thing) };
  if (ArrayBuffer.isView(thing) && isShared(thing)) {
    return { type: TYPE.array, target: new HostedArray(thing) };
  }
  return undefined;
}
