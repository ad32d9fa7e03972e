/**
 * What a worker of a pool does, from its start to its end. It is not part of the public surface; it is
 * exported so that a worker can import it.
 *
 * @module
 */
import { task as register } from "../functions/tasks.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import type { Waitable } from "../parking/waitable.ts";
import { pushCompletion } from "./completions.ts";
import { WorkerFunctions } from "./functions.ts";
import { PHASE, POOL, WORKER, workerAt } from "./layout.ts";
import { ringLength, takeTask } from "./ring.ts";
import { Runner } from "./run.ts";
import { endSleep, fallAsleep, SLEEPING } from "./sleep.ts";
import { claim, finish } from "./task.ts";
import { Spinner } from "./spin.ts";
import { nextTurn } from "./turn.ts";

/** How long a worker runs tasks before its event loop gets a turn, in ms. */
const TURN = 8;

/** How many asynchronous tasks overlap in a worker before it takes no more. */
const MAX_OVERLAP = 64;

/** Instead of a task: the pool has ended. */
const ENDED = -1;

/**
 * Works for a pool until that ends.
 *
 * @param pool The control block of the pool.
 * @param index Which of its workers this is.
 */
export const work: (pool: WordIndex, index: number) => Promise<void> = register(
  import.meta,
  (pool: WordIndex, index: number): Promise<void> => new Worker(member(), pool, index).live(),
  "pool worker",
);

class Worker {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #self: WordIndex;
  readonly #index: number;
  readonly #workers: number;
  readonly #runner: Runner;
  readonly #claim: (task: WordIndex) => boolean;
  readonly #processors: number;
  readonly #spinner = new Spinner();
  #overlapping = 0;
  #overlapEnded: (() => void) | undefined;

  constructor(member: Member, pool: WordIndex, index: number) {
    const { heap: { words }, owner } = member;
    this.#member = member;
    this.#pool = pool;
    this.#self = workerAt(pool, index);
    this.#index = index;
    this.#processors = member.heap.platform.processors();
    this.#workers = words.load(pool + POOL.workers);
    const submitter = words.load(pool + POOL.owner);
    this.#runner = new Runner(member, new WorkerFunctions(member, pool), submitter);
    this.#claim = (task) => claim(words, task, owner);
  }

  async live(): Promise<void> {
    const { parking, heap: { words }, owner } = this.#member;
    words.store(this.#self + WORKER.owner, owner);
    const work: Waitable<WordIndex> = {
      at: this.#self + WORKER.sleep,
      attempt: () => this.#look(),
      announce: () => this.#announce(),
      patient: true,
      what: "a task",
    };
    for (;;) {
      const first = this.#spin() ?? await parking.waitAsync(work, Infinity);
      if (first === ENDED) break;
      let turnEnds = performance.now() + TURN;
      for (let task = first; task !== 0; task = this.#find()) {
        const finding = this.#runner.find(task);
        if (finding === undefined) this.#perform(task);
        else await this.#performFound(task, finding);
        if (this.#overlapping >= MAX_OVERLAP) await this.#lessOverlap();
        if (performance.now() < turnEnds) continue;
        await nextTurn();
        turnEnds = performance.now() + TURN;
      }
    }
    while (this.#overlapping > 0) await this.#lessOverlap();
  }

  /** Spins while a processor is left over for it: the submitter needs one, and every busy worker. */
  #spin(): WordIndex | undefined {
    const { words } = this.#member.heap;
    const awake = this.#workers - words.load(this.#pool + POOL.sleeping);
    return awake < this.#processors ? this.#spinner.spin(() => this.#look()) : undefined;
  }

  /** A task, or ENDED; `undefined` if there is nothing to do. */
  #look(): WordIndex | undefined {
    const { words } = this.#member.heap;
    const task = this.#find();
    if (task === 0 && words.load(this.#pool + POOL.phase) !== PHASE.ENDED) return undefined;
    endSleep(words, this.#pool, this.#self);
    return task === 0 ? ENDED : task;
  }

  #announce(): number | undefined {
    const { words } = this.#member.heap;
    fallAsleep(words, this.#pool, this.#self);
    for (let i = 0; i < this.#workers; i++) {
      if (ringLength(words, workerAt(this.#pool, i)) > 0) return undefined;
    }
    return words.load(this.#pool + POOL.phase) === PHASE.ENDED ? undefined : SLEEPING;
  }

  /** The next task of its own ring, or else of another's; 0 if all are empty. */
  #find(): WordIndex {
    const { words } = this.#member.heap;
    const own = takeTask(words, this.#self, this.#claim);
    if (own !== 0) return own;
    const first = Math.floor(Math.random() * this.#workers);
    for (let i = 0; i < this.#workers; i++) {
      const index = (first + i) % this.#workers;
      if (index === this.#index) continue;
      const stolen = takeTask(words, workerAt(this.#pool, index), this.#claim);
      if (stolen === 0) continue;
      words.add(this.#self + WORKER.steals, 1);
      return stolen;
    }
    return 0;
  }

  async #performFound(task: WordIndex, finding: Promise<unknown>): Promise<void> {
    try {
      await finding;
    } catch (error) {
      this.#runner.fail(task, error);
      return this.#complete(task);
    }
    this.#perform(task);
  }

  #perform(task: WordIndex): void {
    const running = this.#runner.run(task);
    if (running === undefined) return this.#complete(task);
    this.#overlapping++;
    void running.then(() => {
      this.#overlapping--;
      this.#complete(task);
      this.#overlapEnded?.();
    });
  }

  #complete(task: WordIndex): void {
    const { heap: { words }, owner, parking } = this.#member;
    words.add(this.#self + WORKER.tasks, 1);
    finish(words, task, owner);
    if (pushCompletion(words, this.#pool, task)) parking.wake(this.#pool + POOL.completions, 1);
  }

  #lessOverlap(): Promise<void> {
    return new Promise((resolve) => this.#overlapEnded = resolve);
  }
}
