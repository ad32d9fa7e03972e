/** The lock. */
import { registerHandles } from "../codec/handle.ts";
import { LockError } from "../errors.ts";
import { HEADER } from "../memory/layout.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import type { WaitOptions } from "../parking/waitable.ts";
import { adopt, claim } from "../parking/adopt.ts";
import { type Held, type Keeper, NumberedHeld } from "./held.ts";
import { KIND } from "./kinds.ts";
import { Line, LINE_WORDS } from "./line.ts";
import { disposedError, inUseError, refuseWhileWaiting } from "./misuse.ts";
import { FREE, MUTEX, Mutex, type Taken } from "./mutex.ts";
import { partyOf } from "./party.ts";
import type { Suspendable } from "./suspendable.ts";
import { Waiting } from "./waiting.ts";
import { inspectable } from "../runtime/inspection.ts";

const LOCK = struct({ mutex: MUTEX.size, line: LINE_WORDS.size });
const WHAT = "the lock";

/** What a handle that was disposed of takes for its word: it is never free, and nobody's. */
const NO_WORD = HEADER.magic;

let objectOf: (lock: Lock) => WordIndex;

/** The lock as a condition uses it. */
export let suspendableLock: (lock: Lock) => Suspendable;

/**
 * A lock: held by one at a time, in all processes of the tree.
 *
 * - Acquiring and releasing it when nobody else wants it is one atomic operation each, and no system call.
 * - If its holder dies, by whatever signal, the next one gets it within a second and is told: see
 *   {@linkcode Held.abandoned}.
 * - It excludes async functions of one process from each other, too. Who waits for it a second time while
 *   holding it waits for ever.
 * - Any process may release it, as in Python.
 * - It can be sent to other processes at any time.
 *
 * Who comes first need not get it first. But who has waited for 5 ms stands in line, and from then on every
 * other process gets it at most twice before it does, and what runs on its event loop is served in the order of
 * coming. A process whose event loop does not turn for 5 ms when its turn has come loses its turn.
 *
 * Modelled on Python's `multiprocessing.Lock`.
 *
 * @example Two processes change one counter
 * ```ts
 * import { Lock, Process } from "@x/mp";
 *
 * export function greet(lock: Lock, name: string) {
 *   using _held = lock.acquireSync();
 *   console.log(`${name} has the lock`);
 * }
 *
 * if (import.meta.main) {
 *   const lock = new Lock();
 *   const processes = ["Ada", "Bob"].map((name) => new Process(greet, { args: [lock, name] }));
 *   for (const process of processes) process.start();
 *   for (const process of processes) await process.join();
 * }
 * ```
 */
export class Lock implements Disposable {
  readonly #member: Member;
  readonly #words: WordMemory;
  readonly #self: OwnerId;
  readonly #mutex: Mutex;
  readonly #waiting: Waiting;
  #at: WordIndex;
  /** What this process holds is numbered: the last number, that of what is held, and of what was abandoned. */
  #rounds = 0;
  #round = 0;
  #abandonedRound = 0;
  readonly #keeper: Keeper = {
    giveBack: (round) => this.#giveBack(round),
    isAbandoned: (round) => this.#abandonedRound === round,
  };

  static {
    objectOf = (lock) => {
      lock.#check("send");
      return lock.#at - LOCK.mutex;
    };
    suspendableLock = (lock) => ({
      object: objectOf(lock),
      mutex: objectOf(lock) + LOCK.mutex,
      isHeld: () => lock.#isHeld(),
      suspend() {
        const round = lock.#round;
        lock.#mutex.release(false);
        lock.#round = 0;
        return [round];
      },
      async resume(rounds) {
        lock.#resume(rounds, await lock.#waiting.async(lock.#mutex.acquisition(WHAT)));
      },
      resumeSync(rounds) {
        lock.#resume(rounds, lock.#waiting.sync(lock.#mutex.acquisition(WHAT)));
      },
    });
  }

  /**
   * Makes a lock that nobody holds.
   *
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor() {
    const { member: self, at } = claim(KIND.lock, LOCK.size, this);
    this.#member = self;
    this.#words = self.heap.words;
    this.#self = self.owner;
    this.#at = at + LOCK.mutex + MUTEX.word;
    this.#mutex = mutexAt(self, at);
    this.#waiting = new Waiting(self.parking, () => this.#mutex.withdraw());
  }

  /**
   * Acquires it; waits on the event loop.
   *
   * @param wait How long to wait.
   * @throws {TimeoutError} if it was not to be had in time.
   * @throws The signal's reason, if that aborted the wait.
   */
  acquire(wait?: WaitOptions): Promise<Held> {
    if (
      wait === undefined && this.#waiting.pending === 0 &&
      this.#words.compareExchange(this.#at, FREE, this.#self) === FREE
    ) {
      return Promise.resolve(this.#held());
    }
    return this.#acquireContended(wait);
  }

  /**
   * Acquires it; blocks this thread.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   * @throws {TimeoutError} if it was not to be had in time.
   */
  acquireSync(wait?: WaitOptions): Held {
    if (
      wait === undefined && this.#words.compareExchange(this.#at, FREE, this.#self) === FREE
    ) {
      return this.#held();
    }
    return this.#acquireContendedSync(wait);
  }

  /** Acquires it, if that is possible at once. */
  tryAcquire(): Held | undefined {
    if (this.#words.compareExchange(this.#at, FREE, this.#self) === FREE) return this.#held();
    this.#check("acquire");
    const taken = this.#mutex.take(0);
    if (taken !== undefined) return this.#held(taken);
    // Whoever asks again and again shall hear of a holder's death.
    this.#member.parking.sweepIfDue();
    return undefined;
  }

  /**
   * Releases it, whoever holds it.
   *
   * @throws {LockError} if nobody does.
   */
  release(): void {
    if (this.#words.compareExchange(this.#at, this.#self, FREE) !== this.#self) {
      this.#check("release");
      if (this.#mutex.release(true) !== "released") {
        throw new LockError(`Cannot release ${WHAT}: nobody holds it`);
      }
    }
    this.#round = 0;
  }

  /** Whether somebody holds it. */
  get locked(): boolean {
    this.#check("look at");
    return this.#mutex.holder !== NOBODY;
  }

  /** The id of the process that holds it; `undefined` if none does. */
  get owner(): number | undefined {
    this.#check("look at");
    return this.#member.table.pidOf(this.#mutex.holder) || undefined;
  }

  /**
   * Gives this process's part in it back; others can go on using it. Later use in this process throws.
   *
   * Not necessary: the garbage collector does so, too.
   *
   * @throws {LockError} if this process holds it or waits for it.
   */
  dispose(): void {
    if (this.#at === NO_WORD) return;
    if (this.#isHeld()) throw inUseError(WHAT, "this process holds it");
    refuseWhileWaiting(WHAT, this.#waiting.pending);
    const object = this.#at - MUTEX.word - LOCK.mutex;
    this.#at = NO_WORD;
    this.#member.handles.drop(object, this);
  }

  /** The same as {@linkcode Lock.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  async #acquireContended(wait: WaitOptions | undefined): Promise<Held> {
    this.#check("acquire");
    return this.#held(await this.#waiting.async(this.#mutex.acquisition(WHAT), wait));
  }

  #acquireContendedSync(wait: WaitOptions | undefined): Held {
    this.#check("acquire");
    return this.#held(this.#waiting.sync(this.#mutex.acquisition(WHAT), wait));
  }

  #held(taken: Taken = "taken"): Held {
    const round = this.#rounds = (this.#rounds + 1) | 0;
    this.#round = round;
    if (taken === "abandoned") this.#abandonedRound = round;
    return new NumberedHeld(this.#keeper, round);
  }

  #giveBack(round: number): void {
    // It was given back, perhaps to be acquired by another function of this process.
    if (this.#round !== round) return;
    this.#round = 0;
    if (this.#words.compareExchange(this.#at, this.#self, FREE) === this.#self) return;
    if (this.#mutex.release(false) === "released") return;
    throw new LockError(
      `Cannot release ${WHAT}: this process does not hold it any more; another process released it`,
    );
  }

  #resume([round]: readonly number[], taken: Taken): void {
    this.#round = round;
    if (taken === "abandoned") this.#abandonedRound = round;
  }

  #isHeld(): boolean {
    this.#check("use");
    return this.#mutex.holder === this.#self;
  }

  #check(act: string): void {
    if (this.#at === NO_WORD) throw disposedError(act, WHAT);
  }
}

function mutexAt(member: Member, at: WordIndex): Mutex {
  const party = partyOf(member);
  return new Mutex(party, at + LOCK.mutex, new Line(party, at + LOCK.line));
}

registerHandles({
  kind: KIND.lock,
  name: "Lock",
  prototype: Lock.prototype,
  at: (lock) => objectOf(lock),
  make: (at) => adopt(at, () => new Lock()),
  mourn: (self, at, dead) => mutexAt(self, at).bury(dead),
});

/** The handle of a lock. */
export function lockAt(at: WordIndex): Lock {
  return member().handles.get(at, () => adopt(at, () => new Lock()));
}

inspectable(Lock.prototype, ["locked", "owner"]);
