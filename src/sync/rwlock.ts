/** The lock for readers and writers. */
import { registerHandles } from "../codec/handle.ts";
import { LockError, TimeoutError } from "../errors.ts";
import { NOBODY } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import {
  type Deadline,
  deadlineOf,
  throwIfAborted,
  type WaitOptions,
} from "../parking/waitable.ts";
import { adopt, claim } from "../parking/adopt.ts";
import { type Held, isHeldHere } from "./held.ts";
import { KIND } from "./kinds.ts";
import { Line, LINE_WORDS } from "./line.ts";
import { disposedError, inUseError, refuseWhileWaiting } from "./misuse.ts";
import { MUTEX, Mutex, UNTOUCHED } from "./mutex.ts";
import { Overlaps } from "./overlaps.ts";
import { partyOf } from "./party.ts";
import { READERS, Readers } from "./readers.ts";
import { Rounds } from "./rounds.ts";
import { Waiting } from "./waiting.ts";
import { inspectable } from "../runtime/inspection.ts";

const RWLOCK = struct({ mutex: MUTEX.size, line: LINE_WORDS.size, readers: READERS.size });
const WHAT = "the rwlock";

/** After how many ms a reader stands in line with the writers. */
const LATE_MS = 100;

let objectOf: (lock: RWLock) => WordIndex;
let giveBack: (lock: RWLock, mode: Mode, round: number) => void;
let isOpen: (lock: RWLock, round: number) => boolean;
let isReadOf: (held: Held, lock: RWLock) => boolean;

type Mode = "reading" | "writing";

/** How to wait for reading. */
export interface ReadOptions extends WaitOptions {
  /** What is held for reading already, and is released after what is acquired now. */
  readonly within?: Held;
}

class RWHeld implements Held {
  readonly #lock: RWLock;
  readonly #mode: Mode;
  readonly #round: number;
  readonly abandoned: boolean;

  static {
    isReadOf = (held, lock) =>
      held instanceof RWHeld && held.#lock === lock && held.#mode === "reading" &&
      isOpen(lock, held.#round);
  }

  constructor(lock: RWLock, mode: Mode, round: number, abandoned: boolean) {
    this.#lock = lock;
    this.#mode = mode;
    this.#round = round;
    this.abandoned = abandoned;
  }

  release(): void {
    giveBack(this.#lock, this.#mode, this.#round);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
isHeldHere(RWHeld.prototype);

/**
 * A lock that many may hold for reading at the same time, or one for writing.
 *
 * - Writers go first: while a process writes or waits to, nobody begins to read. But a reader that has
 *   waited for 100 ms stands in line with the writers, and gets in between two of them.
 * - A read inside of another is let in also while writers wait, as the other would wait for it: at once if it blocks or
 *   says what it is {@linkcode ReadOptions.within | within}, and otherwise soon.
 * - A process that reads cannot write: asking for that is refused at once, as two that wait to become writers would wait
 *   for each other for ever. Release it for reading first.
 * - Writing excludes all async functions of all processes from each other; while one of this process writes, the
 *   others wait.
 * - If a process dies that reads, it reads no more. If one dies that writes, all that read from then on, and the
 *   next that writes, are told: see {@linkcode Held.abandoned}.
 * - It can be sent to other processes at any time.
 *
 * Between writers it is as with {@linkcode Lock}: who has waited for 5 ms stands in line. Async readers of one process
 * that overlap without an end let a writer of another process in, if none of them reads without an end. Those that are
 * acquired by the blocking and the trying forms do not: release these before other code of the process runs.
 *
 * @example Many read what one writes
 * ```ts
 * import { Process, RWLock, sharedArray } from "@x/mp";
 *
 * export function sum(lock: RWLock, table: Float64Array) {
 *   using _held = lock.acquireReadSync();
 *   return table.reduce((sum, x) => sum + x, 0);
 * }
 *
 * if (import.meta.main) {
 *   const lock = new RWLock();
 *   const table = sharedArray("d", 1_000);
 *   {
 *     using _held = await lock.acquireWrite();
 *     table.fill(0.5);
 *   }
 *   const process = new Process(sum, { args: [lock, table] }).start();
 *   console.log(await process.result); // 500
 *   await process.join();
 * }
 * ```
 */
export class RWLock implements Disposable {
  readonly #member: Member;
  readonly #mutex: Mutex;
  readonly #readers: Readers;
  readonly #waiting: Waiting;
  #object: WordIndex;
  /** How many functions of this process write or wait to; and whether one of them waits for readers only. */
  #writers = 0;
  #isDraining = false;
  readonly #reading: Rounds = new Rounds();
  readonly #overlaps: Overlaps = new Overlaps(this.#reading);
  readonly #writing: Rounds = new Rounds();

  static {
    objectOf = (lock) => {
      lock.#check("send");
      return lock.#object;
    };
    giveBack = (lock, mode, round) => lock.#giveBack(mode, round);
    isOpen = (lock, round) => lock.#reading.isOpen(round);
  }

  /**
   * Makes a lock that nobody holds.
   *
   * @throws {OutOfMemoryError} if there is no room.
   */
  constructor() {
    const { member, at } = claim(KIND.rwlock, RWLOCK.size, this);
    this.#member = member;
    this.#object = at;
    this.#mutex = mutexAt(member, at);
    this.#readers = new Readers(partyOf(member), at + RWLOCK.readers);
    this.#waiting = new Waiting(member.parking, () => this.#mutex.withdraw());
  }

  /**
   * Acquires it for reading; waits on the event loop.
   *
   * While another process waits to write, one that comes while this process reads already waits, too. If it is inside of
   * another, which then cannot end before it, say so by `within`: then it does not wait. If that is not said, it waits for
   * 10 ms, and for longer where that has let in others that were not inside.
   *
   * @param wait How long to wait, and what it is inside of.
   * @throws {TimeoutError} if it was not to be had in time.
   * @throws {LockError} if `within` is not what this process holds of this lock for reading.
   * @throws The signal's reason, if that aborted the wait.
   */
  async acquireRead(wait?: ReadOptions): Promise<Held> {
    this.#check("acquire");
    const deadline = deadlineOf(wait);
    throwIfAborted(wait);
    if (wait?.within !== undefined) {
      this.#checkWithin(wait.within);
      this.#readers.enterInTurn();
      return this.#beginReading();
    }
    if (this.#readers.enter(false)) {
      this.#overlaps.relax();
      return this.#beginReading();
    }
    const before = this.#reading.last;
    const since = performance.now();
    for (let mayBeInside = this.#overlaps.mayBeInside(before);;) {
      const patience = mayBeInside ? this.#overlaps.patience : LATE_MS;
      const until = Math.min(deadline, since + patience);
      try {
        await this.#waiting.async(this.#readers.entrance(WHAT, false), wait, until);
        return this.#beginReading();
      } catch (error) {
        if (!isEarly(error, deadline)) throw error;
      }
      if (!mayBeInside) break;
      mayBeInside = this.#overlaps.mayBeInside(before);
      if (!mayBeInside) continue;
      this.#readers.enterInTurn();
      const held = this.#beginReading();
      this.#overlaps.letIn(this.#reading.last, before);
      return held;
    }
    await this.#waiting.async(this.#mutex.acquisition(WHAT, UNTOUCHED), wait, deadline);
    this.#enterInTurn();
    return this.#beginReading();
  }

  /**
   * Acquires it for reading; blocks this thread.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   * @throws {TimeoutError} if it was not to be had in time.
   * @throws {LockError} if this process writes: it would wait for itself.
   */
  acquireReadSync(wait?: WaitOptions): Held {
    this.#check("acquire");
    const deadline = deadlineOf(wait);
    throwIfAborted(wait);
    if (this.#readers.enter(true)) return this.#beginReading();
    this.#refuseWriter("reading");
    if (this.#isDraining) {
      // The writer waits on the event loop of this process, and will wait for this reader, too.
      this.#readers.enterInTurn();
      return this.#beginReading();
    }
    const late = Math.min(deadline, performance.now() + LATE_MS);
    try {
      this.#waiting.sync(this.#readers.entrance(WHAT, true), wait, late);
    } catch (error) {
      if (!isEarly(error, deadline)) throw error;
      this.#waiting.sync(this.#mutex.acquisition(WHAT, UNTOUCHED), wait, deadline);
      this.#enterInTurn();
    }
    return this.#beginReading();
  }

  /** Acquires it for reading, if that is possible at once. */
  tryAcquireRead(): Held | undefined {
    this.#check("acquire");
    if (this.#readers.enter(true)) return this.#beginReading();
    // Whoever asks again and again shall hear of a holder's death.
    this.#member.parking.sweepIfDue();
    return undefined;
  }

  /**
   * Acquires it for writing; waits on the event loop.
   *
   * @param wait How long to wait.
   * @throws {TimeoutError} if it was not to be had in time.
   * @throws The signal's reason, if that aborted the wait.
   * @throws {LockError} if this process reads.
   */
  async acquireWrite(wait?: WaitOptions): Promise<Held> {
    this.#check("acquire");
    const deadline = deadlineOf(wait);
    throwIfAborted(wait);
    this.#refuseReader();
    this.#show();
    try {
      // Who comes while others of this process wait does not overtake them.
      if (this.#waiting.pending > 0 || this.#mutex.take(0, UNTOUCHED) === undefined) {
        await this.#waiting.async(this.#mutex.acquisition(WHAT, UNTOUCHED), wait, deadline);
      }
      if (this.#readers.isDrained) return this.#beginWriting();
      this.#isDraining = true;
      try {
        await this.#waiting.async(this.#readers.drainage(WHAT), wait, deadline);
      } catch (error) {
        this.#mutex.release(false);
        throw error;
      } finally {
        this.#isDraining = false;
      }
    } catch (error) {
      this.#hide();
      throw error;
    }
    return this.#beginWriting();
  }

  /**
   * Acquires it for writing; blocks this thread.
   *
   * @param wait How long to wait; its signal cannot abort a wait that blocks, and is looked at before.
   * @throws {TimeoutError} if it was not to be had in time.
   * @throws {LockError} if this process reads, or writes: it would wait for itself.
   */
  acquireWriteSync(wait?: WaitOptions): Held {
    this.#check("acquire");
    const deadline = deadlineOf(wait);
    throwIfAborted(wait);
    this.#refuseReader();
    this.#refuseBesideAnother();
    this.#show();
    try {
      if (this.#mutex.take(0, UNTOUCHED) === undefined) {
        this.#waiting.sync(this.#mutex.acquisition(WHAT, UNTOUCHED), wait, deadline);
      }
      if (this.#readers.isDrained) return this.#beginWriting();
      this.#isDraining = true;
      try {
        this.#waiting.sync(this.#readers.drainage(WHAT), wait, deadline);
      } catch (error) {
        this.#mutex.release(false);
        throw error;
      } finally {
        this.#isDraining = false;
      }
    } catch (error) {
      this.#hide();
      throw error;
    }
    return this.#beginWriting();
  }

  /**
   * Acquires it for writing, if that is possible at once.
   *
   * @throws {LockError} if this process reads.
   */
  tryAcquireWrite(): Held | undefined {
    this.#check("acquire");
    this.#refuseReader();
    if (this.#readers.isDrained) {
      this.#show();
      if (this.#mutex.take(0, UNTOUCHED) !== undefined) {
        if (this.#readers.isDrained) return this.#beginWriting();
        this.#mutex.release(false);
      }
      this.#hide();
    }
    // Whoever asks again and again shall hear of a holder's death.
    this.#member.parking.sweepIfDue();
    return undefined;
  }

  /**
   * Releases it once for reading.
   *
   * @throws {LockError} if this process does not hold it for reading.
   */
  releaseRead(): void {
    this.#check("release");
    if (this.#reading.length === 0) {
      throw new LockError(`Cannot release ${WHAT}: this process does not hold it for reading`);
    }
    this.#reading.endLast(1);
    this.#endReading();
  }

  /**
   * Releases it for writing.
   *
   * @throws {LockError} if this process does not hold it for writing.
   */
  releaseWrite(): void {
    this.#check("release");
    if (this.#writing.length === 0) {
      throw new LockError(`Cannot release ${WHAT}: this process does not hold it for writing`);
    }
    this.#writing.endLast(1);
    this.#endWriting();
  }

  /** Whether somebody holds it, for reading or writing. */
  get locked(): boolean {
    return this.readers > 0 || this.owner !== undefined;
  }

  /** The id of the process that holds it for writing; `undefined` if none does. */
  get owner(): number | undefined {
    this.#check("look at");
    const { user } = this.#mutex;
    return user === NOBODY ? undefined : this.#member.table.pidOf(user) || undefined;
  }

  /** How often it is held for reading, in all processes. */
  get readers(): number {
    this.#check("look at");
    return this.#readers.count;
  }

  /**
   * Gives this process's part in it back; others can go on using it. Later use in this process throws.
   *
   * Not necessary: the garbage collector does so, too.
   *
   * @throws {LockError} if this process holds it or waits for it.
   */
  dispose(): void {
    if (this.#object === 0) return;
    if (this.#readers.mine > 0 || this.#writing.length > 0) {
      throw inUseError(WHAT, "this process holds it");
    }
    refuseWhileWaiting(WHAT, this.#waiting.pending);
    this.#member.handles.drop(this.#object, this);
    this.#object = 0;
  }

  /** The same as {@linkcode RWLock.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #beginReading(): Held {
    return new RWHeld(this, "reading", this.#reading.begin(), this.#mutex.isAbandoned);
  }

  #enterInTurn(): void {
    this.#readers.enterInTurn();
    this.#mutex.release(false);
  }

  #beginWriting(): Held {
    return new RWHeld(this, "writing", this.#writing.begin(), this.#mutex.touch());
  }

  #endWriting(): void {
    this.#mutex.release(false);
    this.#hide();
  }

  #giveBack(mode: Mode, round: number): void {
    if (mode === "writing") {
      if (this.#writing.end(round)) this.#endWriting();
    } else if (this.#reading.end(round)) this.#endReading();
  }

  #endReading(): void {
    this.#readers.leave();
    this.#overlaps.ended();
  }

  #show(): void {
    if (this.#writers++ === 0) this.#readers.show();
  }

  #hide(): void {
    if (--this.#writers === 0) this.#readers.hide();
  }

  #checkWithin(held: Held): void {
    if (isReadOf(held, this)) return;
    throw new LockError(
      `Cannot acquire ${WHAT} within: that is not what this process holds of it for reading`,
    );
  }

  #refuseReader(): void {
    if (this.#readers.mine === 0) return;
    throw new LockError(
      `Cannot acquire ${WHAT} for writing: this process holds it for reading; release that first`,
    );
  }

  /** This thread would wait for what only this thread can release. */
  #refuseWriter(mode: Mode): void {
    if (this.#writing.length === 0) return;
    throw new LockError(`Cannot acquire ${WHAT} for ${mode}: this process holds it for writing`);
  }

  /** The same. */
  #refuseBesideAnother(): void {
    this.#refuseWriter("writing");
    if (!this.#isDraining) return;
    throw new LockError(
      `Cannot block for ${WHAT}: another function of this process is about to get it for writing`,
    );
  }

  #check(act: string): void {
    if (this.#object === 0) throw disposedError(act, WHAT);
  }
}

/** Whether a wait has ended before its own time: the first of two steps. */
function isEarly(error: unknown, deadline: Deadline): boolean {
  return error instanceof TimeoutError && performance.now() < deadline;
}

function mutexAt(member: Member, at: WordIndex): Mutex {
  const party = partyOf(member);
  return new Mutex(party, at + RWLOCK.mutex, new Line(party, at + RWLOCK.line));
}

registerHandles({
  kind: KIND.rwlock,
  name: "RWLock",
  prototype: RWLock.prototype,
  at: (lock) => objectOf(lock),
  make: (at) => adopt(at, () => new RWLock()),
  mourn(self, at, dead) {
    // First the mutex: who reads when the bit is gone must see that it was abandoned.
    mutexAt(self, at).bury(dead);
    new Readers(partyOf(self), at + RWLOCK.readers).bury(dead);
  },
});

inspectable(RWLock.prototype, ["locked", "owner", "readers"]);
