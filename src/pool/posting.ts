/** Tasks out: into the queue of one who submits, and a worker is woken if need be. */
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { POOL, SUBMITTER, TASK, WORKER, workerAt } from "../tasks/layout.ts";
import { isQueued, queue } from "../tasks/task.ts";
import {
  adoptQueue,
  type Claim,
  hasQueued,
  putTask,
  queuedTasks,
  skipTaken,
  takeNewest,
} from "./deque.ts";
import type { Enrolment } from "./enrolment.ts";
import { Fifo } from "./fifo.ts";
import type { Pending } from "./order.ts";
import { mustWake, wakeOne } from "./sleep.ts";
import { startOf, type Timeouts } from "./timeouts.ts";
import type { Given, Unsettled } from "./unsettled.ts";

/** After how many more tasks a full queue is looked at again while its submitter goes on submitting. */
const LOOK_AGAIN = 64;

/** Posts the tasks of one submitter. */
export class Posting {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #block: WordIndex;
  readonly #unsettled: Unsettled;
  readonly #timeouts: Timeouts;
  readonly #workers: number;
  /** Queued, but not in the queue, which was full. */
  readonly #unposted: Fifo<WordIndex> = new Fifo();
  #next = 0;

  /**
   * @param enrolment Who submits.
   * @param unsettled Told of what is posted.
   * @param timeouts Told of what may not run for ever.
   */
  constructor({ member, pool, block }: Enrolment, unsettled: Unsettled, timeouts: Timeouts) {
    this.#member = member;
    this.#pool = pool;
    this.#block = block;
    this.#unsettled = unsettled;
    this.#timeouts = timeouts;
    this.#workers = member.heap.words.load(pool + POOL.workers);
    adoptQueue(member.heap.words, block);
  }

  /** Posts an order whose payload is in the record. */
  postOrder(
    record: WordIndex,
    order: Pending,
    functionId: number,
    kind: number,
    origin: OwnerId,
  ): void {
    order.record = record;
    if (order.limits.timeout !== Infinity) this.#timeouts.watch(order.limits.timeout);
    this.post(record, order, startOf(order), functionId, kind, origin);
  }

  /** Posts a task whose payload is in the record. */
  post(
    record: WordIndex,
    given: Given,
    startedAt: number,
    functionId: number,
    kind: number,
    origin: OwnerId,
  ): void {
    const { words, plain } = this.#member.heap;
    plain.set(record + TASK.functionId, functionId);
    plain.set(record + TASK.kind, kind);
    plain.set(record + TASK.origin, origin);
    plain.set(record + TASK.startedAt, startedAt);
    if (this.#unsettled.add(record, given)) words.store(this.#block + SUBMITTER.pending, 1);
    queue(words, record);
    this.put(record);
  }

  /** Puts a queued task where workers look, and wakes one if need be. */
  put(record: WordIndex): void {
    const { heap } = this.#member;
    const { length } = this.#unposted;
    if (length > 0 || !putTask(heap, this.#block, record)) {
      this.#unposted.push(record);
      if (length % LOOK_AGAIN === 0) this.#putUnposted();
    } else if (mustWake(heap.words, this.#pool)) this.#wakeWorker();
  }

  /** Whether there are tasks that the queue had no room for. */
  get isBehind(): boolean {
    return this.#unposted.length > 0;
  }

  /** Puts what the queue had no room for, as far as it has some now. */
  catchUp(): void {
    if (this.isBehind) this.#putUnposted();
  }

  /** Takes back the task that was queued last, for its own submitter to run; 0 if there is none. */
  takeNewest(claim: Claim): WordIndex {
    this.catchUp();
    return takeNewest(this.#member.heap, this.#block, claim);
  }

  /** How many tasks workers can take. */
  get queued(): number {
    return queuedTasks(this.#member.heap.words, this.#block);
  }

  /** A worker that searches may have been stopped; before this process sleeps, it lets another look. */
  distrustSearcher(): void {
    if (hasQueued(this.#member.heap.words, this.#block)) this.#wakeWorker();
  }

  #putUnposted(): void {
    const { heap } = this.#member;
    for (;;) {
      const record = this.#unposted.first;
      if (record === undefined) return;
      if (!putTask(heap, this.#block, record)) {
        // Nobody else may come to skip what was withdrawn.
        if (skipTaken(heap.words, this.#block, (task) => isQueued(heap.words, task))) continue;
        return;
      }
      this.#unposted.shift();
      if (mustWake(heap.words, this.#pool)) this.#wakeWorker();
    }
  }

  #wakeWorker(): void {
    const { heap: { words }, parking } = this.#member;
    const index = wakeOne(words, this.#pool, this.#workers, this.#next);
    if (index < 0) return;
    this.#next = (index + 1) % this.#workers;
    parking.wake(workerAt(this.#pool, index) + WORKER.sleep, 1);
  }
}
