/** The submitter of a pool in one process: tasks out, results in. */
import { OutOfMemoryError } from "../errors.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import type { WaitOptions } from "../parking/waitable.ts";
import { POOL, SUBMITTER } from "../tasks/layout.ts";
import { dropPayloads, writeArguments, writeLasting } from "../tasks/payload.ts";
import { CALL, UNTIMED, withdraw } from "../tasks/task.ts";
import { Backlog } from "./backlog.ts";
import { Collector } from "./collector.ts";
import { type Casualty, Deaths } from "./deaths.ts";
import type { Claim } from "./deque.ts";
import { enrolAs, type Enrolment, type Role, type SubmitterEvents } from "./enrolment.ts";
import type { NumberedFunction } from "./functions.ts";
import type { Order, Pending } from "./order.ts";
import { Pace } from "./pace.ts";
import { PlainCall, type Resolve } from "./plain_call.ts";
import { Posting } from "./posting.ts";
import { Records } from "./records.ts";
import { Results } from "./results.ts";
import { Timeouts } from "./timeouts.ts";
import { pendingOf, Unsettled } from "./unsettled.ts";

/** How many records are worth while: 16 MiB. What is beyond waits without. */
const MANY_RECORDS = 65_536;

/** Submits tasks to one pool. */
export class Submitter {
  readonly #enrolment: Enrolment;
  readonly #records: Records;
  readonly #unsettled: Unsettled;
  readonly #posting: Posting;
  readonly #backlog: Backlog;
  readonly #results: Results;
  readonly #deaths: Deaths;
  readonly #collector: Collector;
  /** Why nothing is taken any more: the pool was terminated, perhaps by what gives its items or is read to be sent. */
  #refusal: (() => Error) | undefined;

  /**
   * @param member This process.
   * @param pool The control block.
   * @param role What it is to the pool.
   * @param events What it is told.
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor(member: Member, pool: WordIndex, role: Role, events: SubmitterEvents) {
    const enrolment = this.#enrolment = enrolAs(role, member, pool, events);
    // A task that waits for others holds its record: tasks in tasks need as many as there are.
    const most = role === "worker" ? Infinity : MANY_RECORDS;
    const records = this.#records = new Records(member, pool, enrolment.block, most);
    const unsettled = this.#unsettled = new Unsettled(member, records);
    const timeouts = new Timeouts(enrolment, unsettled);
    const posting = this.#posting = new Posting(enrolment, unsettled, timeouts);
    const backlog = this.#backlog = new Backlog(enrolment, records, posting);
    const pace = new Pace();
    const results = this.#results = new Results(enrolment, unsettled, pace);
    const deaths = this.#deaths = new Deaths(enrolment, unsettled, results, posting, backlog);
    this.#collector = new Collector(enrolment, {
      unsettled,
      results,
      pace,
      posting,
      backlog,
      timeouts,
      deaths,
    });
    records.adopt(() => results.take());
  }

  /** How many orders have not settled. */
  get pending(): number {
    return this.#unsettled.count + this.#backlog.length;
  }

  /**
   * Gives an order.
   *
   * @param payload Arguments, or items.
   * @param root What the payload is called in the path of an error.
   * @throws {SerializationError} if its payload cannot be sent; nothing is left behind.
   */
  submit(order: Order, payload: readonly unknown[], root: string): void {
    if (this.#refusal !== undefined) throw this.#refusal();
    const { fn, kind, origin } = order;
    const sent = fn.number < 0 ? [fn.reference, payload] : payload;
    const record = this.#backlog.length > 0 ? 0 : this.#records.take();
    if (record === 0) this.#wait(order, fn.number, kind, origin, sent, root);
    else {
      this.#write(record, sent, root, order.retries > 0);
      this.#posting.postOrder(record, order, fn.number, kind, origin);
    }
    this.#submitted();
  }

  /**
   * Gives a call without limits that nobody takes back.
   *
   * @param resolve Told how it ends.
   * @throws {SerializationError} if an argument cannot be sent; nothing is left behind.
   */
  call(fn: NumberedFunction, args: readonly unknown[], resolve: Resolve): void {
    if (this.#refusal !== undefined) throw this.#refusal();
    const sent = fn.number < 0 ? [fn.reference, args] : args;
    const record = this.#backlog.length > 0 ? 0 : this.#records.take();
    if (record === 0) {
      this.#wait(new PlainCall(resolve), fn.number, CALL, NOBODY, sent, "args");
    } else {
      this.#write(record, sent, "args", false);
      this.#posting.post(record, resolve, UNTIMED, fn.number, CALL, NOBODY);
    }
    this.#submitted();
  }

  /** Takes back an order that nobody has begun; false if it is too late for that. */
  withdraw(order: Order): boolean {
    const { record } = order;
    if (record === 0) {
      if (!this.#backlog.withdraw(order)) return false;
    } else {
      if (!withdraw(this.#enrolment.member.heap.words, record)) {
        this.#unsettled.forsake(order);
        this.#results.rouse();
        return false;
      }
      this.#unsettled.retire(record);
    }
    this.#results.rouse();
    return true;
  }

  /** Settles what a dead worker was running, or had done without saying so. */
  bury(casualty: Casualty): void {
    this.#deaths.bury(casualty);
  }

  /** Rejects everything that has not settled. No result will be taken any more. */
  abandon(reason: () => Error): void {
    this.#refusal = reason;
    const { member } = this.#enrolment;
    for (const [record, given] of this.#unsettled.forget()) {
      if (withdraw(member.heap.words, record)) dropPayloads(member, record);
      const order = pendingOf(given, record);
      order.record = 0;
      order.reject(reason(), []);
    }
    this.#backlog.abandon(reason);
    this.#collector.stop();
    this.#results.rouse();
  }

  /** Takes what is done until everything is, also what nobody waits for any more. */
  collectAll(): void {
    this.#collector.collectAll();
  }

  /** Takes what is done, without waiting. */
  poll(): void {
    this.#collector.poll();
  }

  /**
   * Takes results until a fact holds, and blocks this thread meanwhile.
   *
   * @param awaited The orders of which the fact will come: in a worker, this thread runs what others do not.
   */
  collectUntil(
    fact: () => boolean,
    awaited: () => Iterable<Order>,
    deadline: number,
    options: WaitOptions,
  ): void {
    this.#collector.collectUntil(fact, awaited, deadline, options);
  }

  /** Takes back the task that was queued last, for its own submitter to run; 0 if there is none. */
  takeNewest(claim: Claim): WordIndex {
    return this.#posting.takeNewest(claim);
  }

  /** How many workers have nothing to do, more or less. */
  get idleWorkers(): number {
    const { member: { heap: { words } }, pool } = this.#enrolment;
    return Math.max(0, words.load(pool + POOL.sleeping));
  }

  /** Where it submits from. */
  get block(): WordIndex {
    return this.#enrolment.block;
  }

  /** Others may submit from its block; nothing is pending. */
  leave(): void {
    const { member, block } = this.#enrolment;
    member.heap.words.store(block + SUBMITTER.owner, NOBODY);
  }

  /** Writes the payload into a record; if it cannot be sent, the record is free again. */
  #write(record: WordIndex, payload: readonly unknown[], root: string, lasting: boolean): void {
    const { member, pool } = this.#enrolment;
    try {
      if (lasting) writeLasting(member, pool, record, payload, root);
      else writeArguments(member, pool, record, payload, root);
      if (this.#refusal !== undefined) throw this.#refusal();
    } catch (error) {
      this.#records.give(record);
      throw error;
    }
  }

  #wait(
    order: Pending,
    functionId: number,
    kind: number,
    origin: OwnerId,
    payload: readonly unknown[],
    root: string,
  ): void {
    if (this.#enrolment.role === "worker") {
      throw new OutOfMemoryError(
        `Cannot submit a task: ${this.#unsettled.count} of this worker's tasks have not settled`,
      );
    }
    this.#backlog.add(order, functionId, kind, origin, payload, root);
    if (this.#refusal === undefined) return;
    this.#backlog.withdraw(order);
    throw this.#refusal();
  }

  #submitted(): void {
    this.#collector.start();
    this.#enrolment.events.submitted?.();
  }
}
