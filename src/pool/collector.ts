/** When results are taken: as they come, on the event loop, or on a thread that waits for them. */
import { nextTurn } from "../channel/turn.ts";
import { Spinner } from "../parking/spin.ts";
import type { Waitable, WaitOptions } from "../parking/waitable.ts";
import { PHASE, POOL, SUBMITTER } from "../tasks/layout.ts";
import type { Backlog } from "./backlog.ts";
import type { Deaths } from "./deaths.ts";
import type { Enrolment } from "./enrolment.ts";
import type { Order } from "./order.ts";
import { type Pace, rest } from "./pace.ts";
import type { Posting } from "./posting.ts";
import type { Results } from "./results.ts";
import type { Timeouts } from "./timeouts.ts";
import type { Unsettled } from "./unsettled.ts";

/** How long results are taken before the event loop gets a turn, in ms. */
const TURN = 8;

/** What a collector works with, all of one submitter. */
export interface CollectorParts {
  /** What has not settled. */
  readonly unsettled: Unsettled;
  /** What is done. */
  readonly results: Results;
  /** How fast that comes. */
  readonly pace: Pace;
  /** What is queued. */
  readonly posting: Posting;
  /** What waits for a record. */
  readonly backlog: Backlog;
  /** What runs too long. */
  readonly timeouts: Timeouts;
  /** What died with others. */
  readonly deaths: Deaths;
}

/** Takes the results of one submitter as long as there is anything to wait for. */
export class Collector {
  readonly #enrolment: Enrolment;
  readonly #parts: CollectorParts;
  readonly #isWorker: boolean;
  readonly #processors: number;
  readonly #spinner: Spinner;
  /** Whether what nobody waits for is not waited for: others wait for the block of one who submits to be empty. */
  #isSelective: boolean;

  /**
   * @param enrolment Who submits.
   * @param parts What belongs to it.
   */
  constructor(enrolment: Enrolment, parts: CollectorParts) {
    const { platform } = enrolment.member.heap;
    this.#enrolment = enrolment;
    this.#parts = parts;
    this.#isWorker = enrolment.role === "worker";
    this.#isSelective = enrolment.role === "maker";
    this.#processors = platform.processors();
    this.#spinner = new Spinner(platform);
  }

  /** Takes results as they come, unless it does so already. */
  start(): void {
    if (!this.#parts.results.isCollected) void this.#collect();
  }

  /** From now on, also takes what nobody waits for any more. */
  collectAll(): void {
    this.#isSelective = false;
    this.start();
  }

  /** Nothing is pending any more. */
  stop(): void {
    this.#parts.timeouts.stop();
  }

  /** Takes what is done, without waiting. */
  poll(): void {
    if (this.#parts.unsettled.count === 0) return;
    this.#look();
    this.#parts.backlog.post();
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
    const { member: { parking }, events: { inspect, help } } = this.#enrolment;
    const { backlog, timeouts } = this.#parts;
    // The event loop does not turn, so deaths and tasks that run too long must be looked for.
    const completions: Waitable<true> = {
      ...this.#completions,
      attempt: () => fact() ? true : this.#look(),
      patient: false,
      inspect: () => {
        if (inspect === undefined) parking.sweepIfDue();
        else inspect();
        timeouts.killOverdue();
      },
    };
    while (!fact()) {
      this.#look();
      backlog.post();
      if (fact()) return;
      if (help !== undefined && [...awaited()].reverse().some(help)) continue;
      this.#distrustSearcher();
      parking.waitSync(completions, deadline, options);
    }
  }

  async #collect(): Promise<void> {
    const { parking } = this.#enrolment.member;
    const { unsettled, results, backlog, timeouts } = this.#parts;
    results.isCollected = true;
    const completions = this.#completions;
    let turnEnds = performance.now() + TURN;
    while (this.#isWanted) {
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
        await parking.waitAsync(completions, Infinity);
        turnEnds = performance.now() + TURN;
      }
      backlog.post();
    }
    results.isCollected = false;
    // What nobody waits for may still run too long.
    if (unsettled.count > 0) return;
    timeouts.stop();
    if (backlog.length === 0) this.#nothingPending();
  }

  /** Whether there is anything to wait for: a task that is not wanted any more keeps no program alive. */
  get #isWanted(): boolean {
    const { unsettled, backlog } = this.#parts;
    if (!this.#isSelective) return unsettled.count > 0;
    return unsettled.awaited > 0 || (unsettled.count > 0 && backlog.length > 0);
  }

  /** What the workers have done, as something to wait for. */
  get #completions(): Waitable<true> {
    const { results } = this.#parts;
    return {
      at: results.at,
      attempt: this.#look,
      announce: () => results.announce(),
      // The maker sees the death of a worker by its exit event: see bury(). Others are told by a recovery.
      patient: this.#enrolment.role === "maker",
      what: "results",
    };
  }

  /** Takes what is done; `undefined` if nothing is and something shall be. */
  readonly #look = (): true | undefined => {
    const { unsettled, results, deaths } = this.#parts;
    if (unsettled.count === 0 || results.take() || !this.#isWanted) return true;
    return this.#enrolment.role !== "maker" && deaths.look() ? true : undefined;
  };

  /** Whether something was done. Looks longer only for few tasks: for many, the workers need the processors. */
  #spin(): boolean {
    const isLong = !this.#isWorker && this.#parts.unsettled.count < this.#processors;
    return (isLong ? this.#spinner.spin(this.#look) : this.#look()) === true;
  }

  /** Whether nobody need wake it for a while: a worker that submits has other tasks to run. */
  #mayRest(): boolean {
    const { posting, pace } = this.#parts;
    return !this.#isWorker && pace.mayRest(posting.queued);
  }

  #distrustSearcher(): void {
    if (!this.#isWorker) this.#parts.posting.distrustSearcher();
  }

  /** Once the pool is closed, its maker waits for that. */
  #nothingPending(): void {
    const { member: { heap: { words }, parking }, pool, block } = this.#enrolment;
    words.store(block + SUBMITTER.pending, 0);
    if (words.load(pool + POOL.phase) === PHASE.OPEN) return;
    words.add(pool + POOL.settled, 1);
    parking.wake(pool + POOL.settled, 1);
  }
}
