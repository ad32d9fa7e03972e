/** The lock that its holder may acquire again. */
import { registerHandles } from "../codec/handle.ts";
import { LockError } from "../errors.ts";
import { HEADER } from "../memory/layout.ts";
import { NOBODY, type OwnerId } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import type { Waitable, WaitOptions } from "../parking/waitable.ts";
import { adopt, claim } from "../parking/adopt.ts";
import { type Held, type Keeper, NumberedHeld } from "./held.ts";
import { KIND } from "./kinds.ts";
import { Line, LINE_WORDS } from "./line.ts";
import { disposedError, inUseError, refuseWhileWaiting } from "./misuse.ts";
import { CONTENDED, FREE, MUTEX, Mutex, type Taken } from "./mutex.ts";
import { partyOf } from "./party.ts";
import type { Suspendable } from "./suspendable.ts";
import { Waiting } from "./waiting.ts";
import { inspectable } from "../runtime/inspection.ts";

/**
 * `depth` says how often the holder has acquired the lock; the holder alone
 * writes it, and it means nothing while nobody holds the lock.
 */
const RLOCK = struct({ mutex: MUTEX.size, line: LINE_WORDS.size, depth: 1 });
const WHAT = "the rlock";

/** What a handle that was disposed of takes for its word: it is never free, and nobody's. */
const NO_WORD = HEADER.magic;

let objectOf: (lock: RLock) => WordIndex;

/** The lock as a condition uses it. */
export let suspendableRLock: (lock: RLock) => Suspendable;

/**
 * A lock that belongs to a process, which may acquire it again while it holds it, and releases it as often.
 *
 * - All async functions of the process that holds it have it at the same time; to exclude them from each
 *   other use {@linkcode Lock}.
 * - No other process can release it.
 * - In all else it is as {@linkcode Lock}: cost, death of the holder, order of waiters.
 *
 * Modelled on Python's `multiprocessing.RLock`.
 *
 * @example A function that holds the lock calls another that needs it
 * ```ts
 * import { RLock } from "@x/mp";
 *
 * const lock = new RLock();
 * function inner() {
 *   using _held = lock.acquireSync();
 * }
 * {
 *   using _held = lock.acquireSync();
 *   inner();
 *   console.log(lock.locked); // true
 * }
 * console.log(lock.locked); // false
 * ```
 */
export class RLock implements Disposable {
  readonly #member: Member;
  readonly #words: WordMemory;
  readonly #self: OwnerId;
  readonly #mutex: Mutex;
  readonly #waiting: Waiting;
  #at: WordIndex;
  #depthAt: WordIndex;
  /** Each acquisition is numbered: the last number, those that are held, and that of what was abandoned. */
  #rounds = 0;
  #held: number[] = [];
  #abandonedRound = 0;
  readonly #keeper: Keeper = {
    giveBack: (round) => this.#giveBack(round),
    isAbandoned: (round) => this.#abandonedRound === round,
  };

  static {
    objectOf = (lock) => {
      lock.#check("send");
      return lock.#at - RLOCK.mutex;
    };
    suspendableRLock = (lock) => ({
      object: objectOf(lock),
      mutex: objectOf(lock) + RLOCK.mutex,
      isHeld() {
        lock.#check("use");
        return lock.#isMine();
      },
      suspend: () => lock.#suspend(),
      resume: async (rounds) =>
        lock.#resume(rounds, await lock.#waiting.async(lock.#acquisition())),
      resumeSync: (rounds) => lock.#resume(rounds, lock.#waiting.sync(lock.#acquisition())),
    });
  }

  /**
   * Makes a lock that nobody holds.
   *
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor() {
    const { member: self, at } = claim(KIND.rlock, RLOCK.size, this);
    this.#member = self;
    this.#words = self.heap.words;
    this.#self = self.owner;
    this.#at = at + RLOCK.mutex + MUTEX.word;
    this.#depthAt = at + RLOCK.depth;
    this.#mutex = mutexAt(self, at);
    this.#waiting = new Waiting(self.parking, () => this.#mutex.withdraw());
  }

  /**
   * Acquires it, once more if this process holds it; waits on the event loop.
   *
   * @param wait How long to wait.
   * @throws {TimeoutError} if it was not to be had in time.
   * @throws The signal's reason, if that aborted the wait.
   */
  acquire(wait?: WaitOptions): Promise<Held> {
    // Who comes while others of this process wait does not overtake them, unless it has it already.
    const mayBegin = this.#waiting.pending === 0 || this.#isMine();
    if (wait === undefined && mayBegin && this.#enter() !== undefined) {
      return Promise.resolve(this.#number());
    }
    return this.#acquireContended(wait);
  }

  /**
   * Acquires it, once more if this process holds it; blocks this thread.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   * @throws {TimeoutError} if it was not to be had in time.
   */
  acquireSync(wait?: WaitOptions): Held {
    if (wait === undefined && this.#enter() !== undefined) return this.#number();
    this.#check("acquire");
    return this.#number(this.#waiting.sync(this.#acquisition(), wait));
  }

  /** Acquires it, if that is possible at once. */
  tryAcquire(): Held | undefined {
    if (this.#enter() !== undefined) return this.#number();
    this.#check("acquire");
    const taken = this.#attempt(0);
    if (taken !== undefined) return this.#number(taken);
    // Whoever asks again and again shall hear of a holder's death.
    this.#member.parking.sweepIfDue();
    return undefined;
  }

  /**
   * Releases it once.
   *
   * @throws {LockError} if this process does not hold it; it stays as it is.
   */
  release(): void {
    this.#leave();
    this.#held.pop();
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
    if (this.#isMine()) throw inUseError(WHAT, "this process holds it");
    refuseWhileWaiting(WHAT, this.#waiting.pending);
    const object = this.#at - MUTEX.word - RLOCK.mutex;
    this.#at = NO_WORD;
    this.#member.handles.drop(object, this);
  }

  /** The same as {@linkcode RLock.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  async #acquireContended(wait: WaitOptions | undefined): Promise<Held> {
    this.#check("acquire");
    return this.#number(await this.#waiting.async(this.#acquisition(), wait));
  }

  #acquisition(): Waitable<Taken> {
    const acquisition = this.#mutex.acquisition(WHAT);
    return {
      ...acquisition,
      // Another function of this process may have acquired it meanwhile: then it is this one's, too.
      attempt: () => this.#enter() ?? this.#begin(acquisition.attempt()),
      announce: () => this.#isMine() ? undefined : acquisition.announce(),
    };
  }

  #attempt(mark: number): Taken | undefined {
    return this.#begin(this.#mutex.take(mark));
  }

  /** Takes it if that is simple: if it is free, or this process's. */
  #enter(): Taken | undefined {
    const seen = this.#words.compareExchange(this.#at, FREE, this.#self);
    if (seen === FREE) return this.#begin("taken");
    if ((seen & ~CONTENDED) !== this.#self) return undefined;
    this.#words.store(this.#depthAt, this.#words.load(this.#depthAt) + 1);
    return "taken";
  }

  /** Written at once: another function of this process may look before the one that has it runs. */
  #begin(taken: Taken | undefined): Taken | undefined {
    if (taken !== undefined) this.#words.store(this.#depthAt, 1);
    return taken;
  }

  #leave(): void {
    if (!this.#isMine()) {
      this.#check("release");
      const { owner } = this;
      const who = owner === undefined ? "nobody holds it" : `process ${owner} holds it`;
      throw new LockError(`Cannot release ${WHAT}: ${who}, and this is process ${this.#pid()}`);
    }
    const depth = this.#words.load(this.#depthAt);
    if (depth > 1) this.#words.store(this.#depthAt, depth - 1);
    else if (this.#words.compareExchange(this.#at, this.#self, FREE) !== this.#self) {
      this.#mutex.release(false);
    }
  }

  #giveBack(round: number): void {
    const held = this.#held;
    const last = held.length - 1;
    // Most are given back in the order of a stack.
    const index = last >= 0 && held[last] === round ? last : held.lastIndexOf(round);
    if (index < 0) return;
    this.#leave();
    if (index === last) held.pop();
    else held.splice(index, 1);
  }

  /** Gives all of it back. */
  #suspend(): readonly number[] {
    const rounds = this.#held;
    const depth = this.#words.load(this.#depthAt);
    // Those that nobody remembers a number of count, too.
    while (rounds.length < depth) rounds.unshift(0);
    this.#held = [];
    this.#mutex.release(false);
    return rounds;
  }

  /** As often as it was held; others of this process may have it by now. */
  #resume(rounds: readonly number[], taken: Taken): void {
    this.#words.store(this.#depthAt, this.#words.load(this.#depthAt) + rounds.length - 1);
    this.#held.push(...rounds);
    if (taken === "abandoned") this.#abandonedRound = rounds[0];
  }

  #number(taken: Taken = "taken"): Held {
    const round = this.#rounds = (this.#rounds + 1) | 0;
    this.#held.push(round);
    if (taken === "abandoned") this.#abandonedRound = round;
    return new NumberedHeld(this.#keeper, round);
  }

  #isMine(): boolean {
    return (this.#words.load(this.#at) & ~CONTENDED) === this.#self;
  }

  #pid(): number {
    return this.#member.table.pidOf(this.#self);
  }

  #check(act: string): void {
    if (this.#at === NO_WORD) throw disposedError(act, WHAT);
  }
}

function mutexAt(member: Member, at: WordIndex): Mutex {
  const party = partyOf(member);
  return new Mutex(party, at + RLOCK.mutex, new Line(party, at + RLOCK.line));
}

registerHandles({
  kind: KIND.rlock,
  name: "RLock",
  prototype: RLock.prototype,
  at: (lock) => objectOf(lock),
  make: (at) => adopt(at, () => new RLock()),
  mourn: (self, at, dead) => mutexAt(self, at).bury(dead),
});

/** The handle of a rlock. */
export function rlockAt(at: WordIndex): RLock {
  return member().handles.get(at, () => adopt(at, () => new RLock()));
}

inspectable(RLock.prototype, ["locked", "owner"]);
