/** The submitter of a pool: tasks out, results in. */
import { NO_PARCEL, prepare, type Shipment } from "../codec/parcel.ts";
import {
  OutOfMemoryError,
  type ProcessDiedError,
  RemoteError,
  SerializationError,
  TimeoutError,
} from "../errors.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import type { Waitable, WaitOptions } from "../parking/waitable.ts";
import { announceSubmitter, takeCompletions } from "./completions.ts";
import { FunctionNumbers } from "./functions.ts";
import { POOL, RING, SLAB, TASK } from "./layout.ts";
import {
  ARGUMENTS,
  dropPayloads,
  readPayload,
  RESULT,
  writeLasting,
  writeLastingShipment,
  writePayload,
  writeShipment,
} from "./payload.ts";
import { Records } from "./records.ts";
import type { Casualty, Staff } from "./staff.ts";
import { Spinner } from "./spin.ts";
import { nextTurn } from "./turn.ts";
import type { TaskLimits } from "./options.ts";
import { now } from "./run.ts";
import { queue, requeue, RETURNED, runnerOf, stateFor, THREW, withdraw } from "./task.ts";

/** 2 MiB of records: enough to keep any number of workers busy between two turns. */
const MOST_RECORDS = 16 * SLAB;

/** How long results are taken before the event loop gets a turn, in ms. */
const TURN = 8;

/** What is to be done. */
export interface Order {
  /** With which function. */
  readonly fn: FunctionReference;
  /** `CALL`, `EACH` or `EACH_SPREAD` of `task.ts`. */
  readonly kind: number;
  /** Arguments, or items. */
  readonly payload: unknown;
  /** What the payload is called in the path of an error. */
  readonly root: string;
  /** How long it may run, and how often again. */
  readonly limits: TaskLimits;
  /** The task is done: the value, or the array of values. */
  resolve(value: unknown): void;
  /**
   * The task has failed.
   *
   * @param error Why.
   * @param values With EACH, the values of the items before the one that failed.
   */
  reject(error: unknown, values: readonly unknown[]): void;
}

/** An order that has no record yet; what it sends was copied when it was given. */
interface Waiting {
  readonly order: Order;
  readonly shipment: Shipment;
}

/** An order that has a record. */
interface Running {
  readonly order: Order;
  /** How often it may still be run again. */
  retries: number;
  /** Its worker was killed because it ran too long. */
  overdue: boolean;
}

/** Submits the tasks of one pool. */
export class Submitter {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #staff: Staff;
  readonly #records: Records;
  readonly #numbers: FunctionNumbers;
  readonly #running: Map<WordIndex, Running> = new Map();
  #waiting: Waiting[] = [];
  #unposted: WordIndex[] = [];
  readonly #processors: number;
  readonly #spinner = new Spinner();
  #watching: ReturnType<typeof setTimeout> | undefined;
  #lookEvery = Infinity;
  #collecting = false;
  #onIdle: () => void;

  /**
   * @param member Who submits.
   * @param pool The control block.
   * @param staff The workers.
   * @param onIdle Called whenever the last order has settled.
   */
  constructor(member: Member, pool: WordIndex, staff: Staff, onIdle: () => void) {
    this.#member = member;
    this.#pool = pool;
    this.#staff = staff;
    this.#onIdle = onIdle;
    this.#processors = member.heap.platform.processors();
    const workers = member.heap.words.load(pool + POOL.workers);
    this.#records = new Records(member, Math.min(workers * RING, MOST_RECORDS));
    this.#numbers = new FunctionNumbers(member, pool);
  }

  /** How many orders have not settled. */
  get pending(): number {
    return this.#running.size + this.#waiting.length;
  }

  /**
   * Gives an order.
   *
   * @throws {SerializationError} if its payload cannot be sent; nothing is left behind.
   */
  submit(order: Order): void {
    const number = this.#numbers.numberOf(order.fn);
    const payload = number < 0 ? [order.fn, order.payload] : order.payload;
    const record = this.#waiting.length > 0 ? 0 : this.#records.take();
    if (record === 0) {
      this.#waiting.push({ order, shipment: prepare(this.#member, payload, order.root) });
    } else {
      try {
        this.#write(record, payload, order);
      } catch (error) {
        this.#records.give(record);
        throw error;
      }
      this.#post(record, order, number);
    }
    this.#collect();
  }

  /** Takes back an order that nobody has begun; false if it is too late for that. */
  withdraw(order: Order): boolean {
    const waiting = this.#waiting.findIndex((candidate) => candidate.order === order);
    if (waiting >= 0) {
      this.#waiting.splice(waiting, 1)[0].shipment.cargo.unload();
      return true;
    }
    for (const [record, running] of this.#running) {
      if (running.order !== order || !withdraw(this.#member.heap.words, record)) continue;
      this.#retire(record);
      this.#wakeCollector();
      return true;
    }
    return false;
  }

  /** Settles what a dead worker was running, or had done without saying so. */
  bury({ owner, error }: Casualty): void {
    this.#take(takeCompletions(this.#member.heap.words, this.#pool));
    for (const [record, running] of [...this.#running]) {
      const state = stateFor(this.#member.heap.words, record, owner);
      if (state === "done") this.#settle(record);
      else if (state === "running") this.#failed(record, running, owner, error);
    }
    this.#postWaiting();
    this.#wakeCollector();
  }

  /** Rejects everything that has not settled. The workers must have been told to end. */
  abandon(reason: () => Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [record, { order }] of [...this.#running]) {
      this.#running.delete(record);
      dropPayloads(this.#member, record, this.#member.owner);
      order.reject(reason(), []);
    }
    for (const { order, shipment } of waiting) {
      shipment.cargo.unload();
      order.reject(reason(), []);
    }
    this.#wakeCollector();
  }

  /** Frees what lies in the heap. No worker may be alive. */
  free(): void {
    this.#numbers.free();
    this.#records.free();
  }

  #post(record: WordIndex, order: Order, number: number): void {
    const { words } = this.#member.heap;
    words.store(record + TASK.functionId, number);
    words.store(record + TASK.kind, order.kind);
    words.store(record + TASK.result, NO_PARCEL);
    words.store(record + TASK.startedAt, 0);
    this.#running.set(record, { order, retries: order.limits.retries, overdue: false });
    if (order.limits.timeout !== Infinity) this.#watch(order.limits.timeout);
    queue(words, record);
    // Rings can be full of tasks that were withdrawn: then it waits for the next completion.
    if (!this.#staff.post(record)) this.#unposted.push(record);
  }

  /** Its worker has died under it: another try, or the end. */
  #failed(record: WordIndex, running: Running, worker: OwnerId, death: ProcessDiedError): void {
    const { order, overdue } = running;
    const { words } = this.#member.heap;
    if (!overdue && running.retries > 0) {
      running.retries--;
      // It may have begun to write a result.
      dropPayloads(this.#member, record, this.#member.owner, [RESULT]);
      words.store(record + TASK.startedAt, 0);
      if (requeue(words, record, worker) && !this.#staff.post(record)) this.#unposted.push(record);
      return;
    }
    this.#retire(record);
    const { timeout } = order.limits;
    order.reject(
      overdue ? new TimeoutError(`Cannot finish a task: it ran longer than ${timeout} ms`) : death,
      [],
    );
  }

  /** Looks now and then for tasks that run too long, as long as there are any that may not. */
  #watch(timeout: number): void {
    this.#lookEvery = Math.min(this.#lookEvery, Math.max(5, timeout / 4));
    this.#watching ??= setTimeout(() => {
      this.#watching = undefined;
      this.#lookEvery = Infinity;
      this.killOverdue();
    }, this.#lookEvery);
  }

  /** Kills the workers of tasks that run too long. */
  killOverdue(): void {
    const { words } = this.#member.heap;
    for (const [record, running] of this.#running) {
      const { timeout } = running.order.limits;
      if (timeout === Infinity || running.overdue) continue;
      this.#watch(timeout);
      const startedAt = words.load(record + TASK.startedAt);
      const worker = runnerOf(words, record);
      if (worker === NOBODY || startedAt === 0 || now() - startedAt < timeout) continue;
      running.overdue = true;
      this.#staff.killWorker(worker);
    }
  }

  #write(record: WordIndex, payload: unknown, order: Order): void {
    const { owner } = this.#member;
    if (order.limits.retries > 0) writeLasting(this.#member, record, payload, order.root);
    else writePayload(this.#member, record, ARGUMENTS, payload, order.root, owner, owner);
  }

  /** What a worker writes when it is done, the submitter waits for as long as there is anything. */
  #collect(): void {
    if (this.#collecting) return;
    this.#collecting = true;
    const completions = this.#completions;
    const collect = async (): Promise<void> => {
      let turnEnds = performance.now() + TURN;
      while (this.#running.size > 0) {
        // Whoever submits many tasks in a row gets to submit them all.
        await undefined;
        const done = this.#spin(completions.attempt);
        this.#take(done ?? await this.#member.parking.waitAsync(completions, Infinity));
        if (performance.now() > turnEnds) {
          if (done !== undefined) await nextTurn();
          turnEnds = performance.now() + TURN;
        }
        this.#postWaiting();
      }
      this.#collecting = false;
      clearTimeout(this.#watching);
      this.#watching = undefined;
      if (this.pending === 0) this.#onIdle();
    };
    void collect();
  }

  /** Spins only for few tasks: for many, the workers need the processors. */
  #spin(look: () => WordIndex[] | undefined): WordIndex[] | undefined {
    return this.#running.size < this.#processors ? this.#spinner.spin(look) : look();
  }

  /** It waits for what may have been settled without it. */
  #wakeCollector(): void {
    if (this.#collecting) this.#member.parking.wake(this.#pool + POOL.completions, 1);
  }

  /** What the workers have done, as something to wait for. */
  get #completions(): Waitable<WordIndex[]> {
    const { words } = this.#member.heap;
    return {
      at: this.#pool + POOL.completions,
      attempt: () => this.#running.size === 0 ? [] : takeCompletions(words, this.#pool),
      announce: () => announceSubmitter(words, this.#pool),
      // The death of a worker is seen by its parent's exit event: see bury().
      patient: true,
      what: "results",
    };
  }

  /** Takes results until a fact holds, and blocks this thread meanwhile. */
  collectUntil(fact: () => boolean, deadline: number, options: WaitOptions): void {
    const { parking } = this.#member;
    // The event loop does not turn, so deaths and tasks that run too long must be looked for.
    const completions: Waitable<WordIndex[]> = {
      ...this.#completions,
      attempt: () => fact() ? [] : takeCompletions(this.#member.heap.words, this.#pool),
      patient: false,
      inspect: () => {
        this.#staff.inspect();
        this.killOverdue();
      },
    };
    while (!fact()) {
      this.#take(parking.waitSync(completions, deadline, options));
      this.#postWaiting();
    }
  }

  #take(records: readonly WordIndex[] | undefined): void {
    for (const record of records ?? []) this.#settle(record);
  }

  #settle(record: WordIndex): void {
    const order = this.#running.get(record)?.order;
    if (order === undefined) return;
    const { words } = this.#member.heap;
    const outcome = words.load(record + TASK.outcome);
    const worker = words.load(record + TASK.state) >>> 2;
    let value: unknown;
    try {
      value = readPayload(this.#member, record, RESULT);
    } catch (error) {
      this.#retire(record);
      order.reject(
        new SerializationError("Cannot receive the result of a task", "result", { cause: error }),
        [],
      );
      return;
    }
    const pid = this.#member.table.pidOf(worker);
    this.#retire(record);
    if (outcome === RETURNED) order.resolve(value);
    else if (outcome === THREW) this.#fail(order, value, pid);
    else {
      order.reject(unsendable(value as Unsendable), []);
    }
  }

  #fail(order: Order, value: unknown, pid: number): void {
    const [values, thrown] = order.kind === 0 ? [[], value] : value as [unknown[], unknown];
    order.reject(new RemoteError(thrown, { pid }), values);
  }

  #retire(record: WordIndex): void {
    this.#running.delete(record);
    dropPayloads(this.#member, record, this.#member.owner);
    this.#records.give(record);
  }

  #postWaiting(): void {
    const unposted = this.#unposted;
    this.#unposted = unposted.filter((record) => !this.#staff.post(record));
    if (this.#unposted.length > 0) return;
    let posted = 0;
    const { owner } = this.#member;
    for (; posted < this.#waiting.length; posted++) {
      const record = this.#records.take();
      if (record === 0) break;
      const { order, shipment } = this.#waiting[posted];
      try {
        if (order.limits.retries > 0) writeLastingShipment(this.#member, record, shipment);
        else writeShipment(this.#member, record, ARGUMENTS, shipment, owner, owner);
      } catch (error) {
        this.#records.give(record);
        order.reject(error, []);
        continue;
      }
      this.#post(record, order, this.#numbers.numberOf(order.fn));
    }
    if (posted > 0) this.#waiting.splice(0, posted);
  }
}

interface Unsendable {
  readonly name: string;
  readonly message: string;
  readonly path?: string;
}

/** Why a worker could not write its result. */
function unsendable({ name, message, path }: Unsendable): Error {
  return name === "OutOfMemoryError"
    ? new OutOfMemoryError(message)
    : new SerializationError(message, path);
}
