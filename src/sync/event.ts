/** The event. */
import { registerHandles } from "../codec/handle.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { registerReadiness } from "../parking/readiness.ts";
import { deadlineOf, throwIfAborted, type WaitOptions } from "../parking/waitable.ts";
import { adopt, claim } from "../parking/adopt.ts";
import { Flag } from "./flag.ts";
import { KIND } from "./kinds.ts";
import { disposedError, refuseWhileWaiting } from "./misuse.ts";
import { partyOf } from "./party.ts";
import { Waiting } from "./waiting.ts";
import { inspectable } from "../runtime/inspection.ts";

const EVENT = struct({ flag: 1 });
const WHAT = "the event";

let objectOf: (event: Event) => WordIndex;
let partsOf: (event: Event) => { readonly flag: Flag; readonly waiting: Waiting };

/**
 * A flag that processes wait for: set once, it lets everybody through until it is cleared.
 *
 * - Whoever waits when it is set gets through, also if it is cleared at once.
 * - Setting it never waits for anybody; setting it when it is set, or clearing it when it is not, does nothing.
 * - Setting it when nobody waits is one atomic operation, and no system call.
 * - It can be sent to other processes at any time.
 *
 * Modelled on Python's `multiprocessing.Event`.
 *
 * @example Let a child begin
 * ```ts
 * import { Event, Process } from "@x/mp";
 *
 * export async function work(begin: Event) {
 *   await begin.wait();
 *   console.log("begins");
 * }
 *
 * if (import.meta.main) {
 *   const begin = new Event();
 *   const process = new Process(work, { args: [begin] }).start();
 *   begin.set();
 *   await process.join();
 * }
 * ```
 */
export class Event implements Disposable {
  readonly #member: Member;
  readonly #flag: Flag;
  readonly #waiting: Waiting;
  #object: WordIndex;

  static {
    objectOf = (event) => {
      event.#check("send");
      return event.#object;
    };
    partsOf = (event) => ({ flag: event.#flag, waiting: event.#waiting });
  }

  /**
   * Makes an event that is not set.
   *
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor() {
    const { member, at } = claim(KIND.event, EVENT.size, this);
    this.#member = member;
    this.#object = at;
    this.#flag = new Flag(partyOf(member), at + EVENT.flag);
    this.#waiting = new Waiting(member.parking);
  }

  /** Whether it is set. */
  get isSet(): boolean {
    this.#check("look at");
    return this.#flag.isSet;
  }

  /** Sets it, and lets all through who wait. */
  set(): void {
    this.#check("set");
    this.#flag.set();
  }

  /** Clears it: who comes from now on waits until it is set again. */
  clear(): void {
    this.#check("clear");
    this.#flag.clear();
  }

  /**
   * Waits on the event loop until it is set.
   *
   * @param wait How long to wait.
   * @returns True: it is set, or was set meanwhile.
   * @throws {TimeoutError} if it was not set in time.
   * @throws The signal's reason, if that aborted the wait.
   */
  async wait(wait?: WaitOptions): Promise<true> {
    this.#check("wait for");
    const { times } = this.#flag;
    if (this.#flag.isSet) {
      // At once, and not behind those who are about to be woken: it may be cleared before they are.
      deadlineOf(wait);
      throwIfAborted(wait);
      return true;
    }
    return await this.#waiting.async(this.#flag.occurrence(WHAT, times), wait);
  }

  /**
   * Blocks this thread until it is set.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   * @returns True: it is set, or was set meanwhile.
   * @throws {TimeoutError} if it was not set in time.
   */
  waitSync(wait?: WaitOptions): true {
    this.#check("wait for");
    return this.#waiting.sync(this.#flag.occurrence(WHAT, this.#flag.times), wait);
  }

  /**
   * Gives this process's part in it back; others can go on using it. Later use in this process throws.
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

  /** The same as {@linkcode Event.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #check(act: string): void {
    if (this.#object === 0) throw disposedError(act, WHAT);
  }
}

registerHandles({
  kind: KIND.event,
  name: "Event",
  prototype: Event.prototype,
  at: (event) => objectOf(event),
  make: (at) => adopt(at, () => new Event()),
});

registerReadiness(Event.prototype, (event) => {
  const { isSet } = event;
  const { flag, waiting } = partsOf(event);
  const waitable = { ...flag.occurrence(WHAT, flag.times), keeps: event };
  return {
    isReady: () => isSet || flag.isSet,
    until: (signal) => waiting.async(waitable, { signal }),
    waitable,
  };
});

inspectable(Event.prototype, ["isSet"]);
