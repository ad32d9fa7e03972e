/** The submitter of a pool in one process: tasks out, results in. */
import { prepare, type Shipment } from "../codec/parcel.ts";
import {
  OutOfMemoryError,
  ProcessDiedError,
  RemoteError,
  SerializationError,
  TimeoutError,
} from "../errors.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import type { Waitable, WaitOptions } from "../parking/waitable.ts";
import { announceSubmitter, takeCompletions } from "./completions.ts";
import {
  adoptQueue,
  type Claim,
  hasQueued,
  putTask,
  queuedTasks,
  skipTaken,
  takeNewest,
} from "./deque.ts";
import type { NumberedFunction } from "./functions.ts";
import { BY_WORKER, PHASE, POOL, SUBMITTER, TASK, WORKER, workerAt } from "../tasks/layout.ts";
import type { Order, Pending } from "./order.ts";
import { Pace, rest } from "./pace.ts";
import {
  dropPayload,
  dropPayloads,
  readResult,
  RESULT,
  writeArguments,
  writeLasting,
  writeShipment,
} from "../tasks/payload.ts";
import { PlainCall, type Resolve } from "./plain_call.ts";
import { Records } from "./records.ts";
import { signalName } from "../runtime/signals.ts";
import { mustWake, wakeOne } from "./sleep.ts";
import { Spinner } from "../parking/spin.ts";
import { enrol } from "../tasks/submitters.ts";
import type { Unsendable } from "./unsendable.ts";
import { nextTurn } from "../channel/turn.ts";
import {
  CALL,
  isQueued,
  now,
  queue,
  requeue,
  RETURNED,
  runnerOf,
  SHARED,
  stateFor,
  THREW,
  UNTIMED,
  withdraw,
  workerOf,
} from "../tasks/task.ts";

/** How many records are worth while: 16 MiB. What is beyond waits without. */
const MANY_RECORDS = 65_536;

/** After how many more tasks a full queue is looked at again while its submitter goes on submitting. */
const LOOK_AGAIN = 64;

/** How long results are taken before the event loop gets a turn, in ms. */
const TURN = 8;

/** Ends a process. */
const SIGKILL = 9;

/** A worker that has ended without being told to. */
export interface Casualty {
  /** Its name in shared words, which marked what it was running. */
  readonly owner: OwnerId;
  /** What is said to those who wait for that. */
  readonly error: ProcessDiedError;
}

/** What a submitter is told, and what it asks for. */
export interface SubmitterEvents {
  /** An order was given. */
  submitted?(): void;
  /** The pool has ended, and not by this process: nothing will settle any more. */
  lost?(): void;
  /** Ends the worker that goes by this name in shared words. */
  kill?(worker: OwnerId): void;
  /** Looks whether workers have died, for an owner whose event loop does not turn. */
  inspect?(): void;
  /** Runs a task of this submitter's own on this thread, which waits for it; false if somebody has begun it. */
  help?(order: Order): boolean;
}

/** Who submits: the process that made the pool, one of its workers, or another. */
export type Role = "maker" | "worker" | "guest";

/** An order that has no record yet; what it sends was copied when it was given. */
interface Waiting {
  readonly order: Pending;
  readonly functionId: number;
  readonly kind: number;
  readonly origin: OwnerId;
  readonly shipment: Shipment;
  isWithdrawn: boolean;
}

/** Submits tasks to one pool. */
export class Submitter {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #block: WordIndex;
  readonly #role: Role;
  readonly #events: SubmitterEvents;
  readonly #records: Records;
  readonly #workers: number;
  readonly #processors: number;
  readonly #spinner: Spinner;
  readonly #pace: Pace = new Pace();
  /** What has a record, by the record's number; of a plain call, all there is. */
  readonly #orders: (Pending | Resolve | undefined)[] = [];
  #inFlight = 0;
  readonly #waiting: Fifo<Waiting> = new Fifo();
  /** Queued, but not in the queue, which was full. */
  readonly #unposted: Fifo<WordIndex> = new Fifo();
  #next = 0;
  #deaths: number;
  #watching: ReturnType<typeof setTimeout> | undefined;
  #lookEvery = Infinity;
  #collecting = false;

  /**
   * @param member This process.
   * @param pool The control block.
   * @param role What it is to the pool.
   * @param events What it is told.
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor(member: Member, pool: WordIndex, role: Role, events: SubmitterEvents) {
    const { words } = member.heap;
    this.#member = member;
    this.#pool = pool;
    this.#role = role;
    this.#events = events;
    this.#processors = member.heap.platform.processors();
    this.#spinner = new Spinner(member.heap.platform);
    this.#workers = words.load(pool + POOL.workers);
    this.#deaths = words.load(pool + POOL.deaths);
    this.#block = enrol(member, pool);
    words.store(this.#block + SUBMITTER.role, role === "worker" ? BY_WORKER : 0);
    // A task that waits for others holds its record: tasks in tasks need as many as there are.
    const most = role === "worker" ? Infinity : MANY_RECORDS;
    this.#records = new Records(member, pool, this.#block, most);
    adoptQueue(words, this.#block);
    this.#records.adopt(() => this.#take(takeCompletions(member.heap, this.#block)));
  }

  /** How many orders have not settled. */
  get pending(): number {
    return this.#inFlight + this.#waiting.length;
  }

  /**
   * Gives an order.
   *
   * @param payload Arguments, or items.
   * @param root What the payload is called in the path of an error.
   * @throws {SerializationError} if its payload cannot be sent; nothing is left behind.
   */
  submit(order: Order, payload: readonly unknown[], root: string): void {
    const { fn, kind, origin } = order;
    const sent = fn.number < 0 ? [fn.reference, payload] : payload;
    const record = this.#waiting.length > 0 ? 0 : this.#records.take();
    if (record === 0) this.#wait(order, fn.number, kind, origin, sent, root);
    else {
      this.#write(record, sent, root, order.retries > 0);
      this.#post(record, order, fn.number, kind, origin);
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
    const sent = fn.number < 0 ? [fn.reference, args] : args;
    const record = this.#waiting.length > 0 ? 0 : this.#records.take();
    if (record === 0) {
      this.#wait(new PlainCall(resolve), fn.number, CALL, NOBODY, sent, "args");
    } else {
      this.#write(record, sent, "args", false);
      this.#queue(record, resolve, UNTIMED, fn.number, CALL, NOBODY);
    }
    this.#submitted();
  }

  #submitted(): void {
    if (!this.#collecting) this.#collect();
    this.#events.submitted?.();
  }

  /** Writes the payload into a record; if it cannot be sent, the record is free again. */
  #write(record: WordIndex, payload: readonly unknown[], root: string, lasting: boolean): void {
    try {
      if (lasting) writeLasting(this.#member, this.#pool, record, payload, root);
      else writeArguments(this.#member, this.#pool, record, payload, root);
    } catch (error) {
      this.#records.give(record);
      throw error;
    }
  }

  /** Takes back an order that nobody has begun; false if it is too late for that. */
  withdraw(order: Order): boolean {
    const { record } = order;
    if (record !== 0) {
      if (!withdraw(this.#member.heap.words, record)) return false;
      this.#retire(record);
    } else {
      const waiting = this.#waiting.find((candidate) => candidate.order === order);
      if (waiting === undefined || waiting.isWithdrawn) return false;
      waiting.isWithdrawn = true;
      waiting.shipment.cargo.unload();
    }
    this.#wakeCollector();
    return true;
  }

  /** Settles what a dead worker was running, or had done without saying so. */
  bury({ owner, error }: Casualty): void {
    // It pushes nothing any more: what it has done and is not on the stack now never will be.
    this.#take(takeCompletions(this.#member.heap, this.#block));
    for (const [index, given] of this.#orders.slice().entries()) {
      if (given === undefined || this.#orders[index] !== given) continue;
      const record = this.#records.at(index);
      const state = stateFor(this.#member.heap.words, record, owner);
      if (state === "done") this.#settle(record);
      else if (state === "running") this.#failed(this.#pendingOf(given, record), owner, error);
    }
    this.#postWaiting();
    this.#wakeCollector();
  }

  /** Rejects everything that has not settled. No result will be taken any more. */
  abandon(reason: () => Error): void {
    const { words } = this.#member.heap;
    const orders = this.#orders.splice(0);
    this.#inFlight = 0;
    for (const [index, given] of orders.entries()) {
      if (given === undefined) continue;
      const record = this.#records.at(index);
      if (withdraw(words, record)) dropPayloads(this.#member, record);
      const order = this.#pendingOf(given, record);
      order.record = 0;
      order.reject(reason(), []);
    }
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.isWithdrawn) continue;
      next.shipment.cargo.unload();
      next.order.reject(reason(), []);
    }
    this.#wakeCollector();
  }

  /** Takes what is done, without waiting. */
  poll(): void {
    if (this.#inFlight === 0) return;
    this.#look();
    this.#postWaiting();
  }

  /** Whether anything is done. */
  get hasDone(): boolean {
    return this.#member.heap.words.load(this.#block + SUBMITTER.completions) > 0;
  }

  /** Takes back the task that was queued last, for its own submitter to run; 0 if there is none. */
  takeNewest(claim: Claim): WordIndex {
    if (this.#unposted.length > 0) this.#postUnposted();
    return takeNewest(this.#member.heap, this.#block, claim);
  }

  /** How many workers have nothing to do, more or less. */
  get idleWorkers(): number {
    return Math.max(0, this.#member.heap.words.load(this.#pool + POOL.sleeping));
  }

  /** Where it submits from. */
  get block(): WordIndex {
    return this.#block;
  }

  /** Others may submit from its block; nothing is pending. */
  leave(): void {
    this.#member.heap.words.store(this.#block + SUBMITTER.owner, NOBODY);
  }

  #wait(
    order: Pending,
    functionId: number,
    kind: number,
    origin: OwnerId,
    payload: readonly unknown[],
    root: string,
  ): void {
    if (this.#role === "worker") {
      throw new OutOfMemoryError(
        `Cannot submit a task: ${this.#inFlight} of this worker's tasks have not settled`,
      );
    }
    const shipment = prepare(this.#member, payload, root);
    if (this.pending === 0) this.#setPending(1);
    this.#waiting.push({ order, functionId, kind, origin, shipment, isWithdrawn: false });
  }

  #post(
    record: WordIndex,
    order: Pending,
    functionId: number,
    kind: number,
    origin: OwnerId,
  ): void {
    order.record = record;
    if (order.limits.timeout !== Infinity) this.#watch(order.limits.timeout);
    this.#queue(record, order, startOf(order), functionId, kind, origin);
  }

  #queue(
    record: WordIndex,
    given: Pending | Resolve,
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
    this.#orders[plain.get(record + TASK.index)] = given;
    if (this.#inFlight++ === 0) this.#setPending(1);
    queue(words, record);
    this.#put(record);
  }

  /** What was given, as an order: of a plain call, one that is made now. */
  #pendingOf(given: Pending | Resolve, record: WordIndex): Pending {
    if (typeof given !== "function") return given;
    const order = new PlainCall(given);
    order.record = record;
    return order;
  }

  #setPending(pending: 0 | 1): void {
    this.#member.heap.words.store(this.#block + SUBMITTER.pending, pending);
  }

  /** Puts a queued task where workers look, and wakes one if need be. */
  #put(record: WordIndex): void {
    const { heap } = this.#member;
    const { length } = this.#unposted;
    if (length > 0 || !putTask(heap, this.#block, record)) {
      this.#unposted.push(record);
      if (length % LOOK_AGAIN === 0) this.#postUnposted();
    } else if (mustWake(heap.words, this.#pool)) this.#wakeWorker();
  }

  #postUnposted(): void {
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

  /** Its worker has died under it: another try, or the end. */
  #failed(order: Pending, worker: OwnerId, death: ProcessDiedError): void {
    const { record, overdue } = order;
    const { words } = this.#member.heap;
    if (!overdue && order.retries > 0) {
      order.retries--;
      // It may have begun to write a result.
      dropPayload(this.#member, record, RESULT);
      words.store(record + TASK.startedAt, startOf(order));
      if (requeue(words, record, worker)) this.#put(record);
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
    for (const order of this.#orders) {
      if (order === undefined || typeof order === "function" || order.overdue) continue;
      const { timeout } = order.limits;
      if (timeout === Infinity) continue;
      this.#watch(timeout);
      const startedAt = words.load(order.record + TASK.startedAt);
      const worker = runnerOf(words, order.record);
      if (worker === NOBODY || startedAt === 0 || now() - startedAt < timeout) continue;
      order.overdue = true;
      if (this.#events.kill === undefined) this.#kill(worker);
      else this.#events.kill(worker);
    }
  }

  #kill(worker: OwnerId): void {
    const { table, heap: { platform } } = this.#member;
    const pid = table.pidOf(worker);
    if (pid !== 0 && table.isAlive(worker)) platform.kill(pid, SIGKILL);
  }

  /** What a worker writes when it is done, the submitter waits for as long as there is anything. */
  #collect(): void {
    this.#collecting = true;
    const completions = this.#completions;
    const collect = async (): Promise<void> => {
      let turnEnds = performance.now() + TURN;
      while (this.#inFlight > 0) {
        // Whoever submits many tasks in a row gets to submit them all.
        await undefined;
        if (this.#spin()) {
          if (performance.now() > turnEnds) {
            await nextTurn();
            turnEnds = performance.now() + TURN;
          }
        } else if (this.#mayRest()) {
          await rest();
          turnEnds = performance.now() + TURN;
        } else {
          this.#distrustSearcher();
          await this.#member.parking.waitAsync(completions, Infinity);
          turnEnds = performance.now() + TURN;
        }
        this.#postWaiting();
      }
      this.#collecting = false;
      clearTimeout(this.#watching);
      this.#watching = undefined;
      if (this.pending !== 0) return;
      this.#setPending(0);
      this.#tellIdle();
    };
    void collect();
  }

  /** Whether something was done. Looks longer only for few tasks: for many, the workers need the processors. */
  #spin(): boolean {
    if (this.#role === "worker" || this.#inFlight >= this.#processors) return this.#look() === true;
    return this.#spinner.spin(() => this.#look()) === true;
  }

  /** Whether nobody need wake it for a while: a worker that submits has other tasks to run. */
  #mayRest(): boolean {
    const queued = queuedTasks(this.#member.heap.words, this.#block);
    return this.#role !== "worker" && this.#pace.mayRest(queued);
  }

  /** Takes what is done; `undefined` if nothing is and something shall be. */
  readonly #look = (): true | undefined => {
    if (this.#inFlight === 0) return true;
    const first = takeCompletions(this.#member.heap, this.#block);
    if (first !== undefined) {
      this.#take(first);
      return true;
    }
    return this.#role !== "maker" && this.#lookForDeaths() ? true : undefined;
  };

  /** A worker that searches may have been stopped; before this process sleeps, it lets another look. */
  #distrustSearcher(): void {
    if (this.#role !== "worker" && hasQueued(this.#member.heap.words, this.#block)) {
      this.#wakeWorker();
    }
  }

  /** It waits for what may have been settled without it. */
  #wakeCollector(): void {
    if (this.#collecting) this.#member.parking.wake(this.#block + SUBMITTER.completions, 1);
  }

  /** The pool's maker waits for that once it is closed. */
  #tellIdle(): void {
    const { heap: { words }, parking } = this.#member;
    if (words.load(this.#pool + POOL.phase) === PHASE.OPEN) return;
    words.add(this.#pool + POOL.settled, 1);
    parking.wake(this.#pool + POOL.settled, 1);
  }

  /** What the workers have done, as something to wait for. */
  get #completions(): Waitable<true> {
    const { words } = this.#member.heap;
    return {
      at: this.#block + SUBMITTER.completions,
      attempt: this.#look,
      announce: () => announceSubmitter(words, this.#block),
      // The maker sees the death of a worker by its exit event: see bury(). Others are told by a recovery.
      patient: this.#role === "maker",
      what: "results",
    };
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
    const { parking } = this.#member;
    // The event loop does not turn, so deaths and tasks that run too long must be looked for.
    const { inspect, help } = this.#events;
    const completions: Waitable<true> = {
      ...this.#completions,
      attempt: () => fact() ? true : this.#look(),
      patient: false,
      inspect: () => {
        if (inspect === undefined) parking.sweepIfDue();
        else inspect();
        this.killOverdue();
      },
    };
    while (!fact()) {
      this.#look();
      this.#postWaiting();
      if (fact()) return;
      if (help !== undefined && [...awaited()].reverse().some(help)) continue;
      this.#distrustSearcher();
      parking.waitSync(completions, deadline, options);
    }
  }

  /** Settles what died with others, for a submitter that has not started the workers; whether there was any. */
  #lookForDeaths(): boolean {
    const { heap: { words }, table } = this.#member;
    if (this.#role === "guest" && words.load(this.#pool + POOL.phase) === PHASE.ENDED) {
      this.#events.lost?.();
      return true;
    }
    const deaths = words.load(this.#pool + POOL.deaths);
    if (deaths === this.#deaths) return false;
    this.#deaths = deaths;
    if (this.#role === "guest" && table.isGone(words.load(this.#pool + POOL.maker))) {
      this.#events.lost?.();
      return true;
    }
    const dead: Set<OwnerId> = new Set();
    const alive: Set<OwnerId> = new Set();
    for (const [index, given] of this.#orders.entries()) {
      const worker = given === undefined ? NOBODY : workerOf(words, this.#records.at(index));
      if (worker === NOBODY || dead.has(worker) || alive.has(worker)) continue;
      (table.isAlive(worker) ? alive : dead).add(worker);
    }
    for (const owner of dead) {
      this.bury({ owner, error: deathOf(table.endOf(owner)) });
    }
    return dead.size > 0;
  }

  #take(first: WordIndex | undefined): void {
    const { plain } = this.#member.heap;
    for (let record = first ?? 0; record > 0;) {
      const next = plain.get(record + TASK.next);
      this.#pace.count();
      this.#settle(record);
      record = next;
    }
  }

  #settle(record: WordIndex): void {
    const { words, plain } = this.#member.heap;
    const given = this.#orders[plain.get(record + TASK.index)];
    if (given === undefined) return this.#retire(record);
    const outcome = plain.get(record + TASK.outcome);
    let value: unknown;
    try {
      value = readResult(this.#member, record);
    } catch (error) {
      this.#retire(record);
      return this.#pendingOf(given, 0).reject(
        new SerializationError("Cannot receive the result of a task", "result", { cause: error }),
        [],
      );
    }
    const worker = workerOf(words, record);
    const kind = plain.get(record + TASK.kind);
    this.#retire(record);
    if (typeof given === "function" && outcome === RETURNED) return given(value);
    const order = this.#pendingOf(given, 0);
    order.worker = worker;
    if (outcome === RETURNED) return order.resolve(value);
    if (outcome === SHARED) {
      const [values, rest] = value as [unknown[], unknown[]];
      return order.share(values, rest);
    }
    const [values, why] = kind === CALL ? [[], value] : value as [unknown[], unknown];
    const error = outcome === THREW
      ? new RemoteError(why, { pid: this.#member.table.pidOf(worker) })
      : unsendable(why as Unsendable);
    order.reject(error, values);
  }

  #retire(record: WordIndex): void {
    const index = this.#member.heap.plain.get(record + TASK.index);
    const given = this.#orders[index];
    if (given !== undefined) {
      if (typeof given !== "function") given.record = 0;
      this.#orders[index] = undefined;
      this.#inFlight--;
    }
    dropPayloads(this.#member, record);
    this.#records.give(record);
  }

  #postWaiting(): void {
    if (this.#unposted.length > 0) this.#postUnposted();
    while (this.#unposted.length === 0 && this.#waiting.length > 0) {
      const { order, functionId, kind, origin, shipment, isWithdrawn } = this.#waiting.first!;
      if (isWithdrawn) {
        this.#waiting.shift();
        continue;
      }
      const record = this.#records.take();
      if (record === 0) return;
      this.#waiting.shift();
      try {
        writeShipment(this.#member, this.#pool, record, shipment, order.retries > 0);
      } catch (error) {
        this.#records.give(record);
        order.reject(error, []);
        continue;
      }
      this.#post(record, order, functionId, kind, origin);
    }
  }
}

/** What is said of a worker that another process has started, as far as that has noted how it ended. */
function deathOf(
  end: { readonly pid: number; readonly code: number } | undefined,
): ProcessDiedError {
  const act = "Cannot go on";
  if (end === undefined) {
    const unknown = { pid: undefined, exitCode: null, signal: null };
    return new ProcessDiedError(`${act}: a worker of the pool ended`, unknown);
  }
  const { pid, code } = end;
  const signal = code < 0 ? signalName(-code) : null;
  const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
  const known = { pid, exitCode: code, signal };
  return new ProcessDiedError(`${act}: process ${pid}, a worker of the pool, ${how}`, known);
}

function startOf(order: Pending): number {
  return order.limits.timeout === Infinity ? UNTIMED : 0;
}

/** First in, first out. */
class Fifo<T> {
  #items: T[] = [];
  #begin = 0;

  get length(): number {
    return this.#items.length - this.#begin;
  }

  get first(): T | undefined {
    return this.#items[this.#begin];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#begin++];
    // Half of it is gone: move the rest, so that each item moves once.
    if (this.#begin * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#begin);
      this.#begin = 0;
    }
    return item;
  }

  find(is: (item: T) => boolean): T | undefined {
    return this.#items.find((item, i) => i >= this.#begin && is(item));
  }
}

/** Why a worker could not write its result. */
function unsendable({ name, message, path }: Unsendable): Error {
  return name === "OutOfMemoryError"
    ? new OutOfMemoryError(message)
    : new SerializationError(message, path);
}
