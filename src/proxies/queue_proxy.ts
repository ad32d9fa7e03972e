/** Queues that a manager hosts for unrelated processes. */
import type { TryGet } from "../channel/queue.ts";
import { ClosedError } from "../errors.ts";
import type { WaitOptions } from "../parking/waitable.ts";
import { Hosted, setProxyOf } from "./hosted.ts";
import { patience } from "./lock_proxy.ts";
import { ask, type Async, operate, plain, type Sync, type Table, values } from "./operations.ts";
import { seal } from "./sealed.ts";
import { TYPE } from "./types.ts";

/** What can be asked of a queue. */
export interface QueueOperations<T> {
  /** Puts an item in if there is room for it. */
  tryPut(item: T): boolean;
  /** Takes the oldest item out if there is one. */
  tryGet(): TryGet<T>;
  /** How many items are in it. */
  size(): number;
  /** Whether there is none. */
  isEmpty(): boolean;
  /** Whether there is no room for another. */
  isFull(): boolean;
  /** Ends the queue for everybody: what is in it can still be taken out. */
  close(): void;
}

/**
 * A queue that a manager hosts for processes that share no memory with it. Those that do have the same queue without
 * the manager: see `publish()`.
 */
export interface QueueProxy<T = unknown>
  extends Async<QueueOperations<T>>, Sync<QueueOperations<T>>, AsyncIterable<T>, Disposable {
  /** Puts an item in; waits while the queue is full. A signal cannot be sent. */
  put(item: T, wait?: Pick<WaitOptions, "timeout">): Promise<void>;
  /** Takes the oldest item out; waits while there is none. A signal cannot be sent. */
  get(wait?: Pick<WaitOptions, "timeout">): Promise<T>;
  /** This process does not use it any more. */
  dispose(): void;
}

/** A queue whose items are said to be done, hosted for processes that share no memory with its manager. */
export interface JoinableQueueProxy<T = unknown> extends QueueProxy<T> {
  /** An item that was taken out is done. */
  taskDone(): Promise<void>;
  /** How many items are not done. */
  unfinished(): Promise<number>;
  /** Waits until all items are done. */
  join(wait?: Pick<WaitOptions, "timeout">): Promise<void>;
}

/** The operations of a queue as they are sent. */
export const QUEUE: Table<QueueOperations<unknown>> = {
  tryPut: { pack: values },
  tryGet: { pack: plain },
  size: { pack: plain },
  isEmpty: { pack: plain },
  isFull: { pack: plain },
  close: { pack: plain },
};

/** Those of a joinable queue. */
export const JOINABLE_QUEUE: Table<
  QueueOperations<unknown> & { taskDone(): void; unfinished(): number }
> = { ...QUEUE, taskDone: { pack: plain }, unfinished: { pack: plain } };

class QueueOfManager extends Hosted {
  get [Symbol.toStringTag](): string {
    return "QueueProxy";
  }

  put(item: unknown, wait?: WaitOptions): Promise<unknown> {
    return ask(this, "put", () => [seal(item), ...patience(wait)]);
  }

  get(wait?: WaitOptions): Promise<unknown> {
    return ask(this, "get", () => patience(wait));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      let item: unknown;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof ClosedError) return;
        throw error;
      }
      yield item;
    }
  }
}

class JoinableQueueOfManager extends QueueOfManager {
  override get [Symbol.toStringTag](): string {
    return "JoinableQueueProxy";
  }

  join(wait?: WaitOptions): Promise<unknown> {
    return ask(this, "join", () => patience(wait));
  }
}

operate(QueueOfManager.prototype, QUEUE);
operate(JoinableQueueOfManager.prototype, JOINABLE_QUEUE);
setProxyOf(TYPE.queue, () => new QueueOfManager());
setProxyOf(TYPE.joinableQueue, () => new JoinableQueueOfManager());
