/** A pool in one process, until it ends: who may still give work to it, and who closes it. */
import { ClosedError, ProcessDiedError, ProcessError } from "../errors.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { PHASE, POOL } from "../tasks/layout.ts";
import { anyPending, wakeSubmitters } from "../tasks/submitters.ts";
import { currentPost } from "./current.ts";
import type { Role, SubmitterEvents } from "./enrolment.ts";
import { Staff } from "./staff.ts";
import { statsOf, type WorkerStats } from "./stats.ts";
import { Submitter } from "./submitter.ts";
import type { WorkerPlan } from "./worker_plan.ts";

/** What there is of a pool in one process, beside the object that users have. */
export class Lifecycle {
  readonly #member: Member;
  readonly #pool: WordIndex;
  readonly #role: Role;
  readonly #handle: object;
  /** In the process that made it. */
  #staff: Staff | undefined;
  #submitter: Submitter | undefined;
  #state: "open" | "closed" | "terminated" = "open";
  #broken: ProcessError | undefined;
  #ended: Promise<void> | undefined;
  /** What its workers had done when they had ended: its memory may be another's now. */
  #lastStats: readonly WorkerStats[] | undefined;
  readonly #finished: PromiseWithResolvers<void> = Promise.withResolvers();

  /**
   * @param member This process.
   * @param pool The control block.
   * @param role What this process is to the pool.
   * @param handle What users have.
   */
  constructor(member: Member, pool: WordIndex, role: Role, handle: object) {
    this.#member = member;
    this.#pool = pool;
    this.#role = role;
    this.#handle = handle;
  }

  /** Starts the workers, by who has made the pool. */
  start(workers: number, name: string, plan: WorkerPlan): void {
    this.#staff = new Staff(this.#member, this.#pool, name, plan, {
      died: (casualty) => this.#submitter?.bury(casualty),
      hopeless: (error) => {
        const why = error instanceof ProcessDiedError
          ? "its workers die before they begin"
          : `its initializer failed: ${error.message}`;
        this.#broken = new ProcessError(`Cannot use the pool: ${why}`, { cause: error });
        void this.terminate();
      },
    });
    try {
      this.#staff.start(workers);
    } catch (error) {
      this.#member.handles.drop(this.#pool, this.#handle);
      throw error;
    }
  }

  /** The process ids of the workers, where they were started. */
  get pids(): readonly number[] | undefined {
    return this.#staff?.pids;
  }

  /** What each worker has done. */
  stats(): WorkerStats[] {
    return [...this.#lastStats ?? statsOf(this.#member, this.#pool)];
  }

  /** Whether its workers have been told to end, by this process. */
  get isEnding(): boolean {
    return this.#ended !== undefined;
  }

  /** What this process submits from; most processes that have a pool only pass it on. */
  get submitter(): Submitter {
    if (this.#submitter !== undefined) return this.#submitter;
    const submitter = new Submitter(this.#member, this.#pool, this.#role, this.#events());
    if (this.#role === "worker") currentPost()!.submitter = submitter;
    return this.#submitter = submitter;
  }

  /**
   * Refuses work that the pool does not take any more.
   *
   * @throws {ClosedError} if it is closed.
   * @throws {ProcessError} if its workers cannot begin.
   */
  assertOpen(act: string): void {
    this.assertOpenHere(act);
    if (this.#staff === undefined) this.#assertOpenElsewhere(act);
  }

  /** The same, as far as this process has closed it. */
  assertOpenHere(act: string): void {
    if (this.#state !== "open") throw this.closedError(act);
  }

  /** Why it takes no work. */
  closedError(act: string): ProcessError {
    if (this.#broken !== undefined) return this.#broken;
    return new ClosedError(`Cannot ${act}: the pool is ${this.#state}`);
  }

  /** See `Pool.close()`. */
  close(): void {
    const staff = this.#assertMaker("close");
    if (this.#state !== "open") return;
    this.#state = "closed";
    this.#member.heap.words.store(this.#pool + POOL.phase, PHASE.CLOSED);
    this.#submitter?.collectAll();
    void this.#endOnceIdle(staff);
  }

  /** See `Pool.terminate()`. */
  async terminate(): Promise<void> {
    const staff = this.#assertMaker("terminate");
    if (this.#state !== "terminated") {
      this.#state = "terminated";
      staff.kill();
      this.#member.heap.words.store(this.#pool + POOL.phase, PHASE.ENDED);
      this.#submitter?.abandon(() => this.closedError("go on"));
      wakeSubmitters(this.#member, this.#pool);
    }
    await this.#end(staff);
  }

  /** See `Pool.join()`. */
  async join(): Promise<void> {
    this.#assertMaker("join");
    if (this.#state === "open") {
      throw new ProcessError("Cannot join the pool: it is open; close or terminate it first");
    }
    await this.#finished.promise;
  }

  /** Closes and joins, where it was made. */
  async dispose(): Promise<void> {
    if (this.#staff === undefined) return;
    this.close();
    await this.join();
  }

  #assertMaker(act: string): Staff {
    if (this.#staff !== undefined) return this.#staff;
    throw new ProcessError(`Cannot ${act} the pool: only the process that made it can`);
  }

  /** Tasks that were given before the pool was closed may need others. */
  #assertOpenElsewhere(act: string): void {
    const phase = this.#member.heap.words.load(this.#pool + POOL.phase);
    if (phase === PHASE.OPEN || (phase === PHASE.CLOSED && this.#role === "worker")) return;
    throw new ClosedError(`Cannot ${act}: the pool is closed`);
  }

  #events(): SubmitterEvents {
    const staff = this.#staff;
    if (staff !== undefined) {
      return { kill: (worker) => staff.killWorker(worker), inspect: () => staff.inspect() };
    }
    const post = currentPost();
    if (this.#role === "worker" && post !== undefined) {
      return { submitted: () => post.submitted(), help: (order) => post.help(order) };
    }
    return {
      lost: () => {
        this.#state = "terminated";
        this.#submitter?.abandon(() => this.closedError("go on"));
      },
    };
  }

  /** Tasks that were given may give others: it ends when nobody waits for any. */
  async #endOnceIdle(staff: Staff): Promise<void> {
    const { heap: { words }, parking } = this.#member;
    const at = this.#pool + POOL.settled;
    await parking.waitAsync({
      at,
      attempt: () => {
        return this.#state === "terminated" || !anyPending(words, this.#pool) ? true : undefined;
      },
      announce: () => words.load(at),
      what: "the pool's tasks",
    }, Infinity);
    if (this.#state === "closed") await this.#end(staff);
  }

  #end(staff: Staff): Promise<void> {
    this.#ended ??= (async () => {
      this.#member.heap.words.store(this.#pool + POOL.phase, PHASE.ENDED);
      staff.dismiss();
      await staff.join();
      this.#submitter?.leave();
      this.#lastStats = this.stats();
      this.#member.handles.drop(this.#pool, this.#handle);
      this.#finished.resolve();
    })();
    return this.#ended;
  }
}
