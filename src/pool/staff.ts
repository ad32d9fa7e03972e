/** The workers of a pool as their owner sees them: started, woken, replaced, dismissed. */
import { ProcessDiedError, RemoteError, TimeoutError } from "../errors.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { failureOfProcess, ownerOfProcess, Process } from "../process/process.ts";
import { POOL, WORKER, workerAt } from "../tasks/layout.ts";
import { bar, isPresent } from "./presence.ts";
import { endSleep, vacate } from "./sleep.ts";
import type { Casualty } from "./deaths.ts";
import { elapsed } from "../tasks/task.ts";
import { work } from "./worker.ts";
import type { WorkerPlan } from "./worker_plan.ts";

/** How often in a row a worker may die before it has begun to work. */
const MAX_STILLBIRTHS = 3;

/** How the owner of a pool is told. */
export interface StaffEvents {
  /** A worker has died; it is replaced after this call. */
  died(casualty: Casualty): void;
  /** Workers cannot begin: there will be no more. */
  hopeless(error: Error): void;
}

type Worker = Process<[pool: WordIndex, index: number, plan: WorkerPlan], Promise<void>>;

/** The workers of one pool. */
export class Staff {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #name: string;
  readonly #plan: WorkerPlan;
  readonly #events: StaffEvents;
  readonly #processes: Worker[] = [];
  /** Whose end was seen. */
  readonly #buried: WeakSet<Worker> = new WeakSet();
  /** Whose initializer was killed because it ran too long. */
  readonly #overdue: WeakSet<Worker> = new WeakSet();
  #watching: ReturnType<typeof setTimeout> | undefined;
  #dismissed = false;
  #stillbirths = 0;

  /**
   * @param member Who owns the pool.
   * @param pool Its control block.
   * @param name What the workers are called.
   * @param plan How they begin and end.
   * @param events Whom to tell.
   */
  constructor(
    member: Member,
    pool: WordIndex,
    name: string,
    plan: WorkerPlan,
    events: StaffEvents,
  ) {
    this.#member = member;
    this.#pool = pool;
    this.#name = name;
    this.#plan = plan;
    this.#events = events;
  }

  /** How many workers there are. */
  get size(): number {
    return this.#processes.length;
  }

  /** The process ids of the workers. */
  get pids(): number[] {
    return this.#processes.map((process) => process.pid!);
  }

  /** Starts the workers. */
  start(count: number): void {
    try {
      for (let index = 0; index < count; index++) this.#startWorker(index);
    } catch (error) {
      this.kill();
      throw error;
    }
  }

  /**
   * Lets the workers see that the pool has ended. Who is still starting would find that out and leave: it is killed, which
   * saves most of what a start costs. One with an initializer is not, as nobody knows whether that has begun; it may still
   * take too long.
   */
  dismiss(): void {
    this.#dismissed = true;
    const { words } = this.#member.heap;
    for (const [index, process] of this.#processes.entries()) {
      const at = workerAt(this.#pool, index);
      if (this.#plan.initializer === undefined && bar(words, at, ownerOf(process))) {
        process.kill();
        continue;
      }
      endSleep(words, this.#pool, at);
      this.#rouse(index);
    }
  }

  /** Ends the worker that goes by a name in shared words; another takes its place. */
  killWorker(owner: OwnerId): void {
    this.#processes.find((process) => ownerOf(process) === owner)?.kill();
  }

  /** Looks whether workers have died, for an owner whose event loop does not turn. */
  inspect(): void {
    this.#killOverdue();
    for (const [index, process] of [...this.#processes].entries()) {
      if (process.isAlive || this.#buried.has(process)) continue;
      this.#ended(process, index, failureOfProcess(anyProcess(process)));
    }
  }

  /** Ends the workers at once. */
  kill(): void {
    this.#dismissed = true;
    clearTimeout(this.#watching);
    for (const process of this.#processes) process.kill();
  }

  /** Waits until all workers have ended. */
  async join(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.join()));
    clearTimeout(this.#watching);
  }

  /** Initializers may take as long as a task; nobody else would end one that never does. */
  #watchBeginnings(): void {
    const timeout = this.#member.heap.words.load(this.#pool + POOL.taskTimeout);
    if (timeout < 0 || this.#plan.initializer === undefined) return;
    this.#watching ??= setTimeout(() => {
      this.#watching = undefined;
      if (this.#killOverdue()) this.#watchBeginnings();
    }, Math.max(5, timeout / 4));
    // Who waits for a task or for the end of the pool keeps the program alive, and nobody else has to.
    this.#watching.unref();
  }

  /** Kills who begins for too long; whether some are still at it. */
  #killOverdue(): boolean {
    const { words } = this.#member.heap;
    const timeout = words.load(this.#pool + POOL.taskTimeout);
    let beginning = false;
    if (timeout < 0) return beginning;
    for (const [index, process] of this.#processes.entries()) {
      if (this.#hasBegun(process, index) || !process.isAlive) continue;
      const at = workerAt(this.#pool, index);
      beginning = true;
      const beganAt = words.load(at + WORKER.beganAt);
      if (beganAt === 0 || elapsed(beganAt) < timeout || this.#overdue.has(process)) continue;
      this.#overdue.add(process);
      process.kill();
    }
    return beginning;
  }

  /** Whether a worker looks for tasks, or has. */
  #hasBegun(process: Worker, index: number): boolean {
    return isPresent(this.#member.heap.words, workerAt(this.#pool, index), ownerOf(process));
  }

  #rouse(index: number): void {
    this.#member.parking.wake(workerAt(this.#pool, index) + WORKER.sleep, 1);
  }

  #startWorker(index: number): void {
    const process: Worker = new Process(work, {
      args: [this.#pool, index, this.#plan],
      name: `${this.#name}-${index + 1}`,
      daemon: true,
    });
    this.#member.heap.words.store(workerAt(this.#pool, index) + WORKER.beganAt, 0);
    process.start();
    this.#processes[index] = process;
    this.#watchBeginnings();
    process.result.then(
      () => this.#retired(process, index),
      (error: unknown) => this.#ended(process, index, error),
    );
  }

  /** It has done its share. */
  #retired(process: Worker, index: number): void {
    if (this.#dismissed || this.#buried.has(process)) return;
    this.#buried.add(process);
    this.#vacate(index);
    this.#startWorker(index);
  }

  /** A worker is gone. What it was to wake others for, they look for themselves. */
  #vacate(index: number): void {
    const { words } = this.#member.heap;
    for (const other of vacate(words, this.#pool, this.size, index)) this.#rouse(other);
  }

  #ended(process: Worker, index: number, error: unknown): void {
    if (this.#dismissed || this.#buried.has(process)) return;
    if (process.exitCode === 0 && error === undefined) return this.#retired(process, index);
    this.#buried.add(process);
    const stillborn = !this.#hasBegun(process, index);
    this.#vacate(index);
    this.#stillbirths = stillborn ? this.#stillbirths + 1 : 0;
    this.#events.died({ owner: ownerOf(process), error: asDeath(error, process) });
    const failure = this.#failureOf(process, error);
    if (failure === undefined && this.#stillbirths < MAX_STILLBIRTHS) this.#startWorker(index);
    else if (!this.#dismissed) this.#events.hopeless(failure ?? asDeath(error, process));
  }

  /** Why it did not begin, if the next worker would meet that, too. */
  #failureOf(process: Worker, error: unknown): Error | undefined {
    if (this.#overdue.has(process)) {
      const timeout = this.#member.heap.words.load(this.#pool + POOL.taskTimeout);
      return new TimeoutError(`it ran longer than ${timeout} ms`);
    }
    // It is the initializer's, or our own.
    return error instanceof RemoteError ? error : undefined;
  }
}

function ownerOf(process: Worker): OwnerId {
  return ownerOfProcess(anyProcess(process));
}

function anyProcess(process: Worker): Process {
  return process as unknown as Process;
}

function asDeath(error: unknown, process: Worker): ProcessDiedError {
  if (error instanceof ProcessDiedError) return error;
  const why = error === undefined ? "" : ` (${String(error)})`;
  return new ProcessDiedError(`Cannot go on: ${process.name} ended${why}`, {
    pid: process.pid,
    exitCode: process.exitCode,
    signal: process.signal,
  }, { cause: error });
}
