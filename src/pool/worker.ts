/** What a worker of a pool does, from its start to its end. */
import { ProcessError, SerializationError } from "../errors.ts";
import { importModule } from "../functions/importing.ts";
import { resolveFunction } from "../functions/resolve.ts";
import { task as register } from "../functions/tasks.ts";
import { NOBODY } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import type { Waitable } from "../parking/waitable.ts";
import { lookup } from "../process/current.ts";
import { pushCompletion } from "./completions.ts";
import { type Post, takePost } from "./current.ts";
import { type Claim, dropNewest, takeOldest } from "./deque.ts";
import { Functions } from "./functions.ts";
import { BY_WORKER, PHASE, POOL, SUBMITTER, TASK, WORKER, workerAt } from "../tasks/layout.ts";
import type { Order } from "./order.ts";
import { Runner } from "./run.ts";
import { enter } from "./presence.ts";
import { announceWorker, beginSearch, endSearch, endSleep, wakeAnother } from "./sleep.ts";
import { Spinner } from "../parking/spin.ts";
import type { Submitter } from "./submitter.ts";
import { Tally } from "./tally.ts";
import type { WorkerPlan } from "./worker_plan.ts";
import { claim, finish, now } from "../tasks/task.ts";
import { nextTurn } from "../channel/turn.ts";

/** How long a worker runs tasks before its event loop gets a turn, in ms. */
const TURN = 8;

/** How many asynchronous tasks overlap in a worker before it takes no more. */
const MAX_OVERLAP = 64;

/** Instead of a task: the pool has ended. */
const ENDED = -1;

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
      // The staff kills who begins for longer than a task may take.
      member().heap.words.store(workerAt(pool, index) + WORKER.beganAt, now());
      const initialize = await resolveFunction(plan.initializer, lookup);
      await initialize(...plan.initArgs);
    }
    const worker = new Worker(member(), pool, index, plan);
    takePost(worker);
    await worker.live();
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

/** A worker: its rounds of looking for tasks, running them and sleeping. */
class Worker implements Post {
  readonly pool: WordIndex;
  readonly functions: Functions;
  submitter: Submitter | undefined;
  readonly #member: Member;
  readonly #plan: WorkerPlan;
  readonly #self: WordIndex;
  readonly #index: number;
  readonly #workers: number;
  readonly #runner: Runner;
  readonly #claim: Claim;
  readonly #processors: number;
  readonly #spinner: Spinner;
  readonly #tally: Tally;
  #round = 0;
  #performed = 0;
  #overlapping = 0;
  #overlapEnded: (() => void) | undefined;

  constructor(member: Member, pool: WordIndex, index: number, plan: WorkerPlan) {
    const { heap: { words }, owner } = member;
    this.#member = member;
    this.#plan = plan;
    this.pool = pool;
    this.#self = workerAt(pool, index);
    this.#index = index;
    this.#processors = member.heap.platform.processors();
    this.#spinner = new Spinner(member.heap.platform);
    this.#workers = words.load(pool + POOL.workers);
    this.functions = new Functions(member, pool);
    this.#runner = new Runner(member, pool, this.functions);
    this.#claim = (task) => claim(words, task, owner);
    this.#tally = new Tally(member.heap, this.#self);
  }

  async live(): Promise<void> {
    const { parking, heap: { words }, owner, holdings } = this.#member;
    holdings.hold(this.pool);
    if (!enter(words, this.#self, owner)) return;
    const work: Waitable<WordIndex> = {
      at: this.#self + WORKER.sleep,
      attempt: () => this.#look(),
      announce: () => announceWorker(words, this.pool, this.#self),
      patient: true,
      what: "a task",
    };
    for (;;) {
      const first = this.#search() ?? await parking.waitAsync(work, Infinity);
      if (first === ENDED) break;
      this.#wakeAnother();
      this.#tally.begin();
      await this.#perform(first);
      this.#tally.end();
      // What has begun here and goes on may still submit what only this worker can do.
      while (this.#overlapping > 0 && this.#mayEnd()) await this.#lessOverlap();
      if (this.#mayEnd()) break;
    }
    while (this.#overlapping > 0) await this.#lessOverlap();
  }

  help(order: Order): boolean {
    const { heap } = this.#member;
    const { record } = order;
    if (record === 0 || !this.#claim(record)) return false;
    dropNewest(heap, this.submitter!.block, record);
    this.#runner.findSync(order.fn);
    if (this.#run(record)) return true;
    throw new ProcessError(
      `Cannot wait for "${order.fn.fn.name}" on the thread that must run it: it is asynchronous; ` +
        "inside a task, call it with await pool.apply(), and leave applySync() and mapSync() to functions that are not",
    );
  }

  submitted(): void {
    this.#overlapEnded?.();
  }

  /** Runs tasks as long as there are any. */
  async #perform(first: WordIndex): Promise<void> {
    let turnEnds = performance.now() + TURN;
    for (let task = first; task !== 0; task = this.#mayEnd() ? 0 : this.#find()) {
      const finding = this.#runner.find(task);
      if (finding === undefined) this.#run(task);
      else await this.#runFound(task, finding);
      if (this.#overlapping > 0) {
        // What has begun here may go on, and what it waits for is looked for before anything new.
        await undefined;
        this.submitter?.poll();
        while (this.#isFull()) await this.#lessOverlap();
      }
      if (performance.now() < turnEnds) continue;
      await nextTurn();
      turnEnds = performance.now() + TURN;
    }
  }

  /** Whether it has done its share, and another shall take its place. */
  #isDone(): boolean {
    const { maxTasks, maxMemory } = this.#plan;
    return this.#performed >= maxTasks ||
      (maxMemory < Infinity && this.#member.heap.platform.residentBytes() >= maxMemory);
  }

  /** What its tasks wait for, perhaps only this worker can do. */
  #mayEnd(): boolean {
    return this.#isDone() && (this.submitter?.pending ?? 0) === 0;
  }

  /** Tasks that wait for tasks of their own keep nobody from taking more. */
  #isFull(): boolean {
    return this.#overlapping - (this.submitter?.pending ?? 0) >= MAX_OVERLAP;
  }

  /**
   * Looks for a while before it sleeps, as long as a processor is left over for it: the submitter needs one, and
   * every busy worker.
   */
  #search(): WordIndex | undefined {
    const { words } = this.#member.heap;
    const awake = this.#workers - words.load(this.pool + POOL.sleeping);
    if (awake >= this.#processors || this.#overlapping > 0) return undefined;
    if (!beginSearch(words, this.pool, this.#index)) return undefined;
    let found: WordIndex | undefined;
    try {
      found = this.#spinner.spin(() => this.#look());
    } finally {
      endSearch(words, this.pool, this.#index);
    }
    return found;
  }

  /** Nobody was woken for what was put while this worker searched, and it was woken for one task alone. */
  #wakeAnother(): void {
    const { heap: { words }, parking } = this.#member;
    const other = wakeAnother(words, this.pool, this.#workers, this.#index);
    if (other >= 0) parking.wake(workerAt(this.pool, other) + WORKER.sleep, 1);
  }

  /** A task, or ENDED; `undefined` if there is nothing to do. */
  #look(): WordIndex | undefined {
    const { words } = this.#member.heap;
    const task = this.#find();
    if (task === 0 && words.load(this.pool + POOL.phase) !== PHASE.ENDED) return undefined;
    endSleep(words, this.pool, this.#self);
    return task === 0 ? ENDED : task;
  }

  /** What its own tasks have submitted last, or else the oldest task of somebody; 0 if there is none. */
  #find(): WordIndex {
    const { words } = this.#member.heap;
    const own = this.submitter?.takeNewest(this.#claim) ?? 0;
    if (own !== 0) return own;
    const blocks = words.load(this.pool + POOL.submitters);
    // Beginning with another each time: nobody who submits much keeps others waiting.
    const first = ++this.#round;
    for (let i = 0; i < blocks; i++) {
      const block = words.load(this.pool + POOL.table + (first + i) % blocks);
      if (block === 0 || block === this.submitter?.block) continue;
      const task = takeOldest(words, block, this.#claim);
      if (task === 0) continue;
      if (this.#isAnothers(block, task)) this.#tally.stole();
      return task;
    }
    return 0;
  }

  /** Whether another worker has submitted a task, or had begun what it is a part of. */
  #isAnothers(block: WordIndex, task: WordIndex): boolean {
    const { heap: { words, plain }, owner } = this.#member;
    const origin = plain.get(task + TASK.origin);
    if (origin !== NOBODY) return origin !== owner;
    return words.load(block + SUBMITTER.role) === BY_WORKER;
  }

  async #runFound(task: WordIndex, finding: Promise<unknown>): Promise<void> {
    try {
      await finding;
    } catch (error) {
      this.#runner.fail(task, error);
      return this.#complete(task);
    }
    this.#run(task);
  }

  /** Runs a claimed task; whether it is done: it may be asynchronous. */
  #run(task: WordIndex): boolean {
    this.#performed++;
    const running = this.#runner.run(task);
    if (running === undefined) {
      this.#complete(task);
      return true;
    }
    this.#overlapping++;
    void running.then(() => {
      this.#overlapping--;
      this.#complete(task);
      this.#overlapEnded?.();
    });
    return false;
  }

  #complete(task: WordIndex): void {
    const { heap, owner, parking } = this.#member;
    this.#tally.ran();
    const submitter = heap.plain.get(task + TASK.submitter);
    finish(heap.words, task, owner);
    if (pushCompletion(heap, submitter, task)) parking.wake(submitter + SUBMITTER.completions, 1);
  }

  /** Until a task that has begun here has ended, or has submitted another. */
  #lessOverlap(): Promise<void> {
    return new Promise((resolve) => this.#overlapEnded = resolve);
  }
}
