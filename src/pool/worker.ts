/** What a worker of a pool does, from its start to its end. */
import { SerializationError } from "../errors.ts";
import { importModule } from "../functions/importing.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { resolveFunction } from "../functions/resolve.ts";
import { task as register } from "../functions/tasks.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import type { Waitable } from "../parking/waitable.ts";
import { lookup } from "../process/current.ts";
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

/** How a worker begins and ends. */
export interface WorkerPlan {
  /** What it calls first. */
  readonly initializer?: FunctionReference;
  /** With what. */
  readonly initArgs: readonly unknown[];
  /** After how many tasks it ends. */
  readonly maxTasks: number;
  /** From how many resident bytes on it ends. */
  readonly maxMemory: number;
}

/**
 * Works for a pool until that ends, or until it has done its share.
 *
 * @param pool The control block of the pool.
 * @param index Which of its workers this is.
 * @param plan How it begins and ends.
 */
export const work: (pool: WordIndex, index: number, plan: WorkerPlan) => Promise<void> = register(
  import.meta,
  async (pool: WordIndex, index: number, plan: WorkerPlan): Promise<void> => {
    if (plan.initializer !== undefined) {
      const initialize = await resolveFunction(plan.initializer, lookup);
      await initialize(...plan.initArgs);
    }
    await new Worker(member(), pool, index, plan).live();
  },
  "pool worker",
);

/**
 * Calls an export of a module; what `Pool.import()` runs.
 *
 * @throws {SerializationError} if the module has no such function.
 */
export const callExport: (url: string, name: string, args: readonly unknown[]) => Promise<unknown> =
  register(
    import.meta,
    async (url: string, name: string, args: readonly unknown[]): Promise<unknown> => {
      const fn = (await importModule(url, lookup))[name];
      if (typeof fn === "function") return await fn(...args);
      throw new SerializationError(
        `Cannot call "${name}": ${url} exports ${
          fn === undefined ? "nothing" : `a ${typeof fn}`
        } of that name`,
        name,
      );
    },
    "pool export",
  );

class Worker {
  readonly #member: Member;
  readonly #plan: WorkerPlan;
  readonly #pool: WordIndex;
  readonly #self: WordIndex;
  readonly #index: number;
  readonly #workers: number;
  readonly #runner: Runner;
  readonly #claim: (task: WordIndex) => boolean;
  readonly #processors: number;
  readonly #spinner = new Spinner();
  #performed = 0;
  #overlapping = 0;
  #overlapEnded: (() => void) | undefined;

  constructor(member: Member, pool: WordIndex, index: number, plan: WorkerPlan) {
    const { heap: { words }, owner } = member;
    this.#member = member;
    this.#plan = plan;
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
      const begun = performance.now();
      let turnEnds = begun + TURN;
      for (let task = first; task !== 0; task = this.#isDone() ? 0 : this.#find()) {
        const finding = this.#runner.find(task);
        if (finding === undefined) this.#perform(task);
        else await this.#performFound(task, finding);
        if (this.#overlapping >= MAX_OVERLAP) await this.#lessOverlap();
        if (performance.now() < turnEnds) continue;
        await nextTurn();
        turnEnds = performance.now() + TURN;
      }
      words.add(this.#self + WORKER.busy, Math.round((performance.now() - begun) * 10));
      if (this.#isDone()) break;
    }
    while (this.#overlapping > 0) await this.#lessOverlap();
  }

  /** Whether it has done its share, and another shall take its place. */
  #isDone(): boolean {
    const { maxTasks, maxMemory } = this.#plan;
    return this.#performed >= maxTasks ||
      (maxMemory < Infinity && this.#member.heap.platform.residentBytes() >= maxMemory);
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
    this.#performed++;
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
