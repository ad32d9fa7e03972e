/** Queues that a manager keeps for others. */
import { JoinableQueue } from "../../channel/joinable_queue.ts";
import { Queue, type TryGet } from "../../channel/queue.ts";
import { opened, type Stored } from "../../proxies/sealed.ts";
import type { Patience } from "./lock.ts";
import type { Asker } from "./table.ts";

/** A queue, whose items are the same for those who have it in shared memory. */
export class HostedQueue {
  readonly #queue: Queue;

  /** @param queue What it is in shared memory, or how many items it takes. */
  constructor(queue: Queue | number = 0) {
    this.#queue = typeof queue === "number" ? new Queue(queue) : queue;
  }

  put(asker: Asker, item: Stored, wait?: Patience): Promise<void> {
    return this.#queue.put(opened(item), { timeout: wait?.timeout, signal: asker.ended });
  }

  tryPut(_: Asker, item: Stored): boolean {
    return this.#queue.tryPut(opened(item));
  }

  get(asker: Asker, wait?: Patience): Promise<unknown> {
    return this.#queue.get({ timeout: wait?.timeout, signal: asker.ended });
  }

  tryGet(): TryGet<unknown> {
    return this.#queue.tryGet();
  }

  size(): number {
    return this.#queue.size;
  }

  isEmpty(): boolean {
    return this.#queue.isEmpty;
  }

  isFull(): boolean {
    return this.#queue.isFull;
  }

  close(): void {
    this.#queue.close();
  }

  /** Nobody has it any more. */
  end(): void {}
}

/** A queue whose items are said to be done. */
export class HostedJoinableQueue extends HostedQueue {
  readonly #joinable: JoinableQueue;

  /** @param queue What it is in shared memory, or how many items it takes. */
  constructor(queue: JoinableQueue | number = 0) {
    const joinable = typeof queue === "number" ? new JoinableQueue(queue) : queue;
    super(joinable as Queue);
    this.#joinable = joinable;
  }

  taskDone(): void {
    this.#joinable.taskDone();
  }

  join(asker: Asker, wait?: Patience): Promise<void> {
    return this.#joinable.join({ timeout: wait?.timeout, signal: asker.ended });
  }

  unfinished(): number {
    return this.#joinable.unfinished;
  }
}
