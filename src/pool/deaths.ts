/** What becomes of tasks whose worker has died under them. */
import { ProcessDiedError } from "../errors.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import { signalName } from "../runtime/signals.ts";
import { PHASE, POOL, TASK } from "../tasks/layout.ts";
import { dropPayload, RESULT } from "../tasks/payload.ts";
import { requeue, stateFor, workerOf } from "../tasks/task.ts";
import type { Backlog } from "./backlog.ts";
import type { Enrolment } from "./enrolment.ts";
import { lossOf } from "./loss.ts";
import type { Pending } from "./order.ts";
import type { Posting } from "./posting.ts";
import type { Results } from "./results.ts";
import { overdueError, startOf } from "./timeouts.ts";
import { pendingOf, type Unsettled } from "./unsettled.ts";

/** A worker that has ended without being told to. */
export interface Casualty {
  /** Its name in shared words, which marked what it was running. */
  readonly owner: OwnerId;
  /** What is said to those who wait for that. */
  readonly error: ProcessDiedError;
}

/** Settles, for one submitter, what workers have left that died. */
export class Deaths {
  readonly #enrolment: Enrolment;
  readonly #unsettled: Unsettled;
  readonly #results: Results;
  readonly #posting: Posting;
  readonly #backlog: Backlog;
  #seen: number;

  /**
   * @param enrolment Who submits.
   * @param unsettled What has not settled.
   * @param results Takes what they had done.
   * @param posting Posts what is tried again.
   * @param backlog Gets the records that are free then.
   */
  constructor(
    enrolment: Enrolment,
    unsettled: Unsettled,
    results: Results,
    posting: Posting,
    backlog: Backlog,
  ) {
    this.#enrolment = enrolment;
    this.#unsettled = unsettled;
    this.#results = results;
    this.#posting = posting;
    this.#backlog = backlog;
    this.#seen = enrolment.member.heap.words.load(enrolment.pool + POOL.deaths);
  }

  /** Settles what a dead worker was running, or had done without saying so. */
  bury({ owner, error }: Casualty): void {
    const { words } = this.#enrolment.member.heap;
    // It pushes nothing any more: what it has done and is not on the stack now never will be.
    this.#results.take();
    this.#unsettled.each((record, given) => {
      const state = stateFor(words, record, owner);
      if (state === "done") this.#results.settle(record);
      else if (state === "running") this.#failed(pendingOf(given, record), owner, error);
    });
    this.#backlog.post();
    this.#results.rouse();
  }

  /** Settles what died with others, for a submitter that has not started the workers; whether there was any. */
  look(): boolean {
    const { member: { heap: { words }, table }, pool, role, events } = this.#enrolment;
    if (role === "guest" && words.load(pool + POOL.phase) === PHASE.ENDED) {
      events.lost?.();
      return true;
    }
    const deaths = words.load(pool + POOL.deaths);
    if (deaths === this.#seen) return false;
    this.#seen = deaths;
    if (role === "guest" && table.isGone(words.load(pool + POOL.maker))) {
      events.lost?.();
      return true;
    }
    const dead: Set<OwnerId> = new Set();
    const alive: Set<OwnerId> = new Set();
    this.#unsettled.each((record) => {
      const worker = workerOf(words, record);
      if (worker === NOBODY || dead.has(worker) || alive.has(worker)) return;
      (table.isAlive(worker) ? alive : dead).add(worker);
    });
    for (const owner of dead) this.bury({ owner, error: deathOf(table.endOf(owner)) });
    return dead.size > 0;
  }

  /** Its worker has died under it: another try, or the end. */
  #failed(order: Pending, worker: OwnerId, death: ProcessDiedError): void {
    const { member, pool } = this.#enrolment;
    const { words } = member.heap;
    const { record, overdue } = order;
    if (!overdue && order.retries > 0) {
      order.retries--;
      // It may have begun to write a result.
      dropPayload(member, record, RESULT);
      words.store(record + TASK.startedAt, startOf(order));
      if (requeue(words, record, worker)) this.#posting.put(record);
      return;
    }
    const error = overdue ? overdueError(order) : lossOf(member, pool, record, death);
    this.#unsettled.retire(record);
    order.reject(error, []);
  }
}

/** How a worker ended that another process has started, as far as that has noted it. */
function deathOf(
  end: { readonly pid: number; readonly code: number } | undefined,
): ProcessDiedError {
  const message = "A worker of the pool has ended";
  if (end === undefined) {
    return new ProcessDiedError(message, { pid: undefined, exitCode: null, signal: null });
  }
  const { pid, code } = end;
  const signal = code < 0 ? signalName(-code) : null;
  return new ProcessDiedError(message, { pid, exitCode: code, signal });
}
