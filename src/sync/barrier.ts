/** The barrier. */
import { checkOptions, shown } from "../parking/checks.ts";
import { type CrossingReader, type CrossingWriter, registerCrossing } from "../codec/crossing.ts";
import { loadCargo } from "../codec/handle.ts";
import { BrokenBarrierError, TimeoutError } from "../errors.ts";
import type { FunctionReference } from "../functions/reference.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member, whenMember } from "../parking/member.ts";
import { deadlineOf, throwIfAborted, timeoutError, type WaitOptions } from "../parking/waitable.ts";
import { type Action, actionOf, receivedAction } from "./action.ts";
import { adopt, claim } from "../parking/adopt.ts";
import { type Arrival, BARRIER, BarrierWord, MOST_PARTIES } from "./barrier_word.ts";
import { KIND } from "./kinds.ts";
import { disposedError, refuseWhileWaiting } from "./misuse.ts";
import { partyOf } from "./party.ts";
import { Waiting } from "./waiting.ts";
import { inspectable } from "../runtime/inspection.ts";

const WHAT = "the barrier";

/** What a barrier is told when it is made. */
export interface BarrierOptions {
  /**
   * What the last party to come does before all pass, in its process. If it fails, the barrier breaks. It is sent
   * along with the barrier as a target of {@linkcode Process} is.
   */
  readonly action?: () => unknown;
  /** How long each wait is willing to wait, in ms, unless it says something else; by default for ever. */
  readonly timeout?: number;
}

/** What travels beside the words. */
interface Baggage {
  readonly action?: FunctionReference;
  readonly timeout?: number;
}

let received: Baggage = {};
let objectOf: (barrier: Barrier) => WordIndex;
let baggageOf: (barrier: Barrier) => Baggage;

/**
 * A place where a number of parties wait for each other: all go on when the last one has come. Then it can be
 * used again.
 *
 * - Each wait is a party, in whatever process or async function. The waits of one round get the numbers from 0 to
 *   `parties - 1`, in the order of coming.
 * - If a party gives up by a timeout or an abort, the barrier is _broken_: all that wait get a
 *   {@linkcode BrokenBarrierError}, and so does everybody who comes, until it is reset.
 * - If a process dies that has the barrier, whether it waits or not, the barrier is broken: the others would wait for it
 *   for ever. One whose target has returned, or that has disposed of the barrier, is not missed.
 * - It can be sent to other processes at any time.
 *
 * Modelled on Python's `multiprocessing.Barrier`.
 *
 * @example Two processes go through two phases together
 * ```ts
 * import { Barrier, Process } from "@x/mp";
 *
 * export async function work(barrier: Barrier) {
 *   // the first phase
 *   const index = await barrier.wait();
 *   if (index === 0) console.log("both have finished the first phase");
 *   // the second phase
 *   await barrier.wait();
 * }
 *
 * if (import.meta.main) {
 *   const barrier = new Barrier(2);
 *   const processes = [1, 2].map(() => new Process(work, { args: [barrier] }).start());
 *   for (const process of processes) await process.join();
 * }
 * ```
 */
export class Barrier implements Disposable {
  readonly #member: Member;
  readonly #word: BarrierWord;
  readonly #waiting: Waiting;
  readonly #action: Action | undefined;
  readonly #timeout: number | undefined;
  #object: WordIndex;

  static {
    objectOf = (barrier) => {
      barrier.#check("send");
      return barrier.#object;
    };
    baggageOf = (barrier) => ({
      ...(barrier.#action && { action: barrier.#action.reference() }),
      ...(barrier.#timeout !== undefined && { timeout: barrier.#timeout }),
    });
  }

  /**
   * Makes a barrier.
   *
   * @param parties How many must come.
   * @throws {RangeError} if `parties` is not an integer from 1 to 4,095, or the timeout is negative.
   * @throws {TypeError} if the action is no function.
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor(parties: number, options: BarrierOptions = {}) {
    if (!Number.isInteger(parties) || parties < 1 || parties > MOST_PARTIES) {
      throw new RangeError(
        `Cannot make ${WHAT}: parties must be an integer from 1 to ${MOST_PARTIES}, got ${
          shown(parties)
        }`,
      );
    }
    checkOptions(`make ${WHAT}`, options);
    const { action, timeout } = options;
    if (action !== undefined && typeof action !== "function") {
      throw new TypeError(`Cannot make ${WHAT}: action must be a function, got ${typeof action}`);
    }
    deadlineOf({ timeout });
    const { member, at, isNew } = claim(KIND.barrier, BARRIER.size, this);
    this.#member = member;
    this.#object = at;
    this.#word = new BarrierWord(partyOf(member), at);
    this.#waiting = new Waiting(member.parking);
    this.#timeout = isNew ? timeout : received.timeout;
    if (action !== undefined) this.#action = actionOf(action);
    else if (received.action !== undefined) this.#action = receivedAction(received.action);
    if (isNew) this.#word.begin(parties);
  }

  /** How many must come. */
  get parties(): number {
    this.#check("look at");
    return this.#word.parties;
  }

  /** How many have come and wait. */
  get waiting(): number {
    this.#check("look at");
    return this.#word.waiting;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    this.#check("look at");
    return this.#word.isBroken;
  }

  /**
   * Waits on the event loop until all parties have come.
   *
   * @param wait How long to wait, in place of the barrier's own timeout. A timeout of 0 is a poll: it comes only
   * if it is the last party, and breaks nothing.
   * @returns Which of the parties this one was, from 0 on; `parties - 1` ran the action.
   * @throws {BrokenBarrierError} if the barrier is or gets broken.
   * @throws {TimeoutError} if the others did not come in time: this has broken the barrier.
   * @throws The signal's reason, if that aborted the wait: this has broken the barrier.
   * @throws What the action throws, in the party that ran it; for the others the barrier is broken.
   */
  async wait(wait?: WaitOptions): Promise<number> {
    const options = this.#options(wait);
    const deadline = deadlineOf(options);
    throwIfAborted(options);
    this.#check("wait for");
    let arrival = this.#arrive(options);
    while (arrival.state === "too early") {
      if (options?.timeout === 0) throw timeoutError(WHAT, options);
      await this.#waiting.async(this.#word.opening(WHAT), options, deadline);
      arrival = this.#arrive(options);
    }
    if (arrival.state === "acts") return await this.#act(arrival);
    if (arrival.state !== "waits") return admitted(arrival);
    const { index, round } = arrival;
    try {
      const state = await this.#waiting.async(this.#word.passage(WHAT, round), options, deadline);
      return admitted({ state, index });
    } catch (error) {
      return this.#gaveUp(arrival, error);
    }
  }

  /**
   * Blocks this thread until all parties have come.
   *
   * @param wait How long to wait; see {@linkcode Barrier.wait}. Its signal is looked at before.
   * @returns Which of the parties this one was, from 0 on; `parties - 1` ran the action.
   * @throws {BrokenBarrierError} if the barrier is or gets broken.
   * @throws {TimeoutError} if the others did not come in time: this has broken the barrier.
   * @throws What the action throws, in the party that ran it; for the others the barrier is broken.
   */
  waitSync(wait?: WaitOptions): number {
    const options = this.#options(wait);
    const deadline = deadlineOf(options);
    throwIfAborted(options);
    this.#check("wait for");
    let arrival = this.#arrive(options);
    while (arrival.state === "too early") {
      if (options?.timeout === 0) throw timeoutError(WHAT, options);
      this.#waiting.sync(this.#word.opening(WHAT), options, deadline);
      arrival = this.#arrive(options);
    }
    if (arrival.state === "acts") return this.#actSync(arrival);
    if (arrival.state !== "waits") return admitted(arrival);
    const { index, round } = arrival;
    try {
      const state = this.#waiting.sync(this.#word.passage(WHAT, round), options, deadline);
      return admitted({ state, index });
    } catch (error) {
      return this.#gaveUp(arrival, error);
    }
  }

  /**
   * Comes if that lets all parties pass at once; blocks this thread for the action at most.
   *
   * @returns `parties - 1`, or `undefined` if others are missing: then it has not come.
   * @throws {BrokenBarrierError} if the barrier is broken.
   * @throws What the action throws.
   */
  tryWait(): number | undefined {
    this.#check("wait for");
    const arrival = this.#word.arrive(this.#action !== undefined, true);
    if (arrival.state === "acts") return this.#actSync(arrival);
    if (arrival.state === "passes" || arrival.state === "broken") return admitted(arrival);
    // Whoever asks again and again shall hear of a death.
    this.#member.parking.sweepIfDue();
    return undefined;
  }

  /** Breaks it: all that wait, and all that come until it is reset, get a {@linkcode BrokenBarrierError}. */
  abort(): void {
    this.#check("abort");
    this.#word.abort();
  }

  /** Makes it as new. Those that wait get a {@linkcode BrokenBarrierError}. */
  reset(): void {
    this.#check("reset");
    this.#word.reset();
  }

  /**
   * Gives this process's part in it back; others can go on using it, and do not miss this process if it dies. Later
   * use in this process throws.
   *
   * Not necessary: the garbage collector does so, too.
   *
   * @throws {LockError} if this process waits for it.
   */
  dispose(): void {
    if (this.#object === 0) return;
    refuseWhileWaiting(WHAT, this.#waiting.pending);
    this.#member.handles.drop(this.#object, this);
    this.#object = 0;
  }

  /** The same as {@linkcode Barrier.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #options(wait: WaitOptions | undefined): WaitOptions | undefined {
    if (this.#timeout === undefined || wait?.timeout !== undefined) return wait;
    return { ...wait, timeout: this.#timeout };
  }

  #arrive(options: WaitOptions | undefined): Arrival {
    return this.#word.arrive(this.#action !== undefined, options?.timeout === 0);
  }

  async #act({ index, round }: Arrival & { state: "acts" }): Promise<number> {
    try {
      await (await this.#action!.arrived())();
    } catch (error) {
      this.#word.leave(round);
      throw error;
    }
    return admitted({ state: this.#word.complete(round), index });
  }

  #actSync({ index, round }: Arrival & { state: "acts" }): number {
    try {
      const action = this.#action!.known();
      if (action === undefined) {
        throw new TypeError(
          `Cannot run the action of ${WHAT}: this process has not found it yet; await wait() instead of waitSync()`,
        );
      }
      const result = action();
      if (typeof (result as PromiseLike<unknown> | null | undefined)?.then === "function") {
        // Nobody will look at how it ends.
        Promise.resolve(result).catch(() => {});
        throw new TypeError(
          `Cannot run the action of ${WHAT}: it returns a promise; await wait() instead of waitSync()`,
        );
      }
    } catch (error) {
      this.#word.leave(round);
      throw error;
    }
    return admitted({ state: this.#word.complete(round), index });
  }

  /** What came in the instant of a timeout counts; an abort is one whatever came. */
  #gaveUp({ index, round }: Arrival & { state: "waits" }, error: unknown): number {
    if (error instanceof BrokenBarrierError) throw error;
    const wasBroken = this.#word.outcome(round) === "broken";
    const state = this.#word.leave(round);
    if (!(error instanceof TimeoutError)) throw error;
    if (state === "passes" || wasBroken) return admitted({ state, index });
    throw error;
  }

  #check(act: string): void {
    if (this.#object === 0) throw disposedError(act, WHAT);
  }
}

function admitted(
  end: { readonly state: "passes"; readonly index: number } | { readonly state: "broken" },
): number {
  if (end.state === "passes") return end.index;
  throw new BrokenBarrierError(
    `Cannot pass ${WHAT}: it is broken; a party gave up or died, or it was aborted or reset`,
  );
}

registerCrossing<Barrier>({
  tag: KIND.barrier,
  name: "Barrier",
  prototype: Barrier.prototype,
  write(barrier, out: CrossingWriter) {
    const at = objectOf(barrier);
    const baggage = baggageOf(barrier);
    loadCargo(out.context, at);
    out.writeUint(at);
    out.writeValue(baggage, ".action");
  },
  read(input: CrossingReader) {
    const at = input.readUint();
    const baggage = input.readValue() as Baggage;
    return member().handles.get(at, () => {
      received = baggage;
      try {
        return adopt(at, () => new Barrier(1));
      } finally {
        received = {};
      }
    });
  },
});

whenMember((self) => {
  self.holdings.setMourner(KIND.barrier, (at, dead) => {
    const isMissed = self.holdings.isHeldBy(at, dead) && !self.table.hasLeft(dead);
    new BarrierWord(partyOf(self), at).bury(isMissed);
  });
});

inspectable(Barrier.prototype, ["parties", "waiting", "broken"]);
