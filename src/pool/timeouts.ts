/** Tasks that run too long: their workers are killed. */
import { TimeoutError } from "../errors.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import type { Member } from "../parking/member.ts";
import { LONGEST_TIMER } from "../parking/waitable.ts";
import { TASK } from "../tasks/layout.ts";
import { elapsed, runnerOf, UNTIMED } from "../tasks/task.ts";
import type { Enrolment } from "./enrolment.ts";
import type { Pending } from "./order.ts";
import type { Unsettled } from "./unsettled.ts";

/** Ends a process. */
const SIGKILL = 9;

/** Looks now and then for tasks that run too long, as long as there are any that may not. */
export class Timeouts {
  readonly #member: Member;
  readonly #unsettled: Unsettled;
  readonly #kill: (worker: OwnerId) => void;
  #watching: ReturnType<typeof setTimeout> | undefined;
  #lookEvery = Infinity;

  /**
   * @param enrolment Who submits.
   * @param unsettled What has not settled.
   */
  constructor({ member, events }: Enrolment, unsettled: Unsettled) {
    this.#member = member;
    this.#unsettled = unsettled;
    this.#kill = (worker) =>
      events.kill === undefined ? this.#killProcess(worker) : events.kill(worker);
  }

  /** There is a task that may not run longer than this, in ms. */
  watch(timeout: number): void {
    this.#lookEvery = Math.min(this.#lookEvery, Math.max(5, timeout / 4));
    this.#watching ??= setTimeout(() => {
      this.#watching = undefined;
      this.#lookEvery = Infinity;
      this.killOverdue();
    }, Math.min(this.#lookEvery, LONGEST_TIMER));
    // Who waits for a task keeps the program alive.
    this.#watching.unref();
  }

  /** Nothing is running any more. */
  stop(): void {
    clearTimeout(this.#watching);
    this.#watching = undefined;
  }

  /** Kills the workers of tasks that run too long. */
  killOverdue(): void {
    const { words } = this.#member.heap;
    this.#unsettled.each((record, order) => {
      if (typeof order === "function" || order.overdue) return;
      const { timeout } = order.limits;
      if (timeout === Infinity) return;
      this.watch(timeout);
      const startedAt = words.load(record + TASK.startedAt);
      const worker = runnerOf(words, record);
      if (worker === NOBODY || startedAt === 0 || elapsed(startedAt) < timeout) return;
      order.overdue = true;
      this.#kill(worker);
    });
  }

  #killProcess(worker: OwnerId): void {
    const { table, heap: { platform } } = this.#member;
    const pid = table.pidOf(worker);
    if (pid !== 0 && table.isAlive(worker)) platform.kill(pid, SIGKILL);
  }
}

/** What the record of a task says before it begins. */
export function startOf({ limits }: Pending): number {
  return limits.timeout === Infinity ? UNTIMED : 0;
}

/** What a task is rejected with whose worker was killed because it ran too long. */
export function overdueError({ limits }: Pending): TimeoutError {
  return new TimeoutError(`Cannot finish a task: it ran longer than ${limits.timeout} ms`);
}
