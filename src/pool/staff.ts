/** The workers of a pool as their owner sees them: started, woken, replaced, dismissed. */
import { ProcessDiedError } from "../errors.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { ownerOfProcess, Process } from "../process/process.ts";
import { WORKER, workerAt } from "./layout.ts";
import { putTask } from "./ring.ts";
import { endSleep, wakeOne } from "./sleep.ts";
import { work } from "./worker.ts";

/** How often in a row a worker may die before it has begun to work. */
const MAX_STILLBIRTHS = 3;

/** A worker that has ended without being told to. */
export interface Casualty {
  /** Its name in shared words, which marked what it was running. */
  readonly owner: OwnerId;
  /** What is said to those who wait for that. */
  readonly error: ProcessDiedError;
}

/** How the owner of a pool is told. */
export interface StaffEvents {
  /** A worker has died; it is replaced after this call. */
  died(casualty: Casualty): void;
  /** Workers die before they begin: there will be no more. */
  hopeless(error: ProcessDiedError): void;
}

type Worker = Process<[pool: WordIndex, index: number], Promise<void>>;

/** The workers of one pool. */
export class Staff {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #name: string;
  readonly #events: StaffEvents;
  readonly #processes: Worker[] = [];
  #dismissed = false;
  #stillbirths = 0;
  #next = 0;

  /**
   * @param member Who owns the pool.
   * @param pool Its control block.
   * @param name What the workers are called.
   * @param events Whom to tell.
   */
  constructor(member: Member, pool: WordIndex, name: string, events: StaffEvents) {
    this.#member = member;
    this.#pool = pool;
    this.#name = name;
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

  /** Puts a queued task into a ring and wakes who can run it; false if all rings are full. */
  post(task: WordIndex): boolean {
    const { words } = this.#member.heap;
    const size = this.size;
    const awake = wakeOne(words, this.#pool, size, this.#next);
    const first = awake < 0 ? this.#next : awake;
    this.#next = (first + 1) % size;
    for (let i = 0; i < size; i++) {
      const index = (first + i) % size;
      if (!putTask(words, workerAt(this.#pool, index), task)) continue;
      // Who has fallen asleep since the look above did not see the task.
      this.#rouse(awake >= 0 ? awake : wakeOne(words, this.#pool, size, index));
      return true;
    }
    this.#rouse(awake);
    return false;
  }

  /** Lets the workers see that the pool has ended. */
  dismiss(): void {
    this.#dismissed = true;
    const { words } = this.#member.heap;
    for (let index = 0; index < this.size; index++) {
      endSleep(words, this.#pool, workerAt(this.#pool, index));
      this.#rouse(index);
    }
  }

  /** Ends the workers at once. */
  kill(): void {
    this.#dismissed = true;
    for (const process of this.#processes) process.kill();
  }

  /** Waits until all workers have ended. */
  async join(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.join()));
  }

  #rouse(index: number): void {
    if (index < 0) return;
    this.#member.parking.wake(workerAt(this.#pool, index) + WORKER.sleep, 1);
  }

  #startWorker(index: number): void {
    const process: Worker = new Process(work, {
      args: [this.#pool, index],
      name: `${this.#name}-${index + 1}`,
      daemon: true,
    });
    process.start();
    this.#processes[index] = process;
    process.result.catch((error: unknown) => this.#ended(process, index, error));
  }

  /** A worker returns only when the pool has ended: everything else is a death. */
  #ended(process: Worker, index: number, error: unknown): void {
    if (this.#dismissed) return;
    const { words } = this.#member.heap;
    const at = workerAt(this.#pool, index);
    const owner = ownerOfProcess(process as unknown as Process<never, unknown>);
    const stillborn = words.load(at + WORKER.owner) !== owner;
    const death = asDeath(error, process);
    endSleep(words, this.#pool, at);
    this.#events.died({ owner, error: death });
    this.#stillbirths = stillborn ? this.#stillbirths + 1 : 0;
    if (this.#stillbirths < MAX_STILLBIRTHS) this.#startWorker(index);
    else if (!this.#dismissed) this.#events.hopeless(death);
  }
}

function asDeath(error: unknown, process: Worker): ProcessDiedError {
  if (error instanceof ProcessDiedError) return error;
  return new ProcessDiedError(`Cannot go on: ${process.name} ended (${String(error)})`, {
    pid: process.pid,
    exitCode: process.exitCode,
    signal: process.signal,
  }, { cause: error });
}
