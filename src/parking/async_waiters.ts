/** The asynchronous waits of this process: local queues in order, one bell for all of them. */
import type { Heap } from "../memory/heap.ts";
import { type OwnerId, slotOf } from "../memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import { SLOT, slotOfOwner } from "../owner/slot.ts";
import type { Bell } from "../platform/port.ts";
import { armBell, disarmBell, RUNG_WORDS, takeRung } from "./bell.ts";
import { enterRoom, leaveRoom, type Room, roomOf } from "./rooms.ts";
import {
  type Deadline,
  LONGEST_TIMER,
  throwIfAborted,
  timeoutError,
  type Waitable,
  type WaitOptions,
} from "./waitable.ts";

interface Waiter {
  readonly waitable: Waitable<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Undoes timer and signal. */
  detach: () => void;
  /** Whether it stands in line. */
  isWaiting: boolean;
  /** Whether its attempt is being made. That may run code of a user's, which may do anything. */
  isServed: boolean;
  /** Given up during its attempt, for this reason. */
  givenUp?: { readonly reason: unknown };
}

/** The waiters of one room, by word; those of one word stand in line. */
type Lines = Map<WordIndex, Waiter[]>;

/** Keeps the asynchronous waiters of this process. */
export class AsyncWaiters {
  readonly #heap: Heap;
  readonly #words: WordMemory;
  readonly #slot: number;
  readonly #slotAt: WordIndex;
  readonly #interval: number;
  readonly #sweep: () => void;
  readonly #rooms: Map<Room, Lines> = new Map();
  #bell: Bell | undefined;
  #isOpening = false;
  #inspection: ReturnType<typeof setTimeout> | undefined;
  #count = 0;
  #impatient = 0;
  #drainQueued = false;

  /**
   * @param heap Where the words lie.
   * @param self Who waits.
   * @param interval How often to look for the dead while somebody waits, in ms.
   * @param sweep Looks for the dead.
   */
  constructor(heap: Heap, self: OwnerId, interval: number, sweep: () => void) {
    this.#heap = heap;
    this.#words = heap.words;
    this.#slot = slotOf(self);
    this.#slotAt = slotOfOwner(self);
    this.#interval = interval;
    this.#sweep = sweep;
  }

  /** How many waits are pending. */
  get pending(): number {
    return this.#count;
  }

  /** See `Parking.waitAsync`. */
  async wait<T>(waitable: Waitable<T>, deadline: Deadline, options?: WaitOptions): Promise<T> {
    throwIfAborted(options);
    // Who comes while others stand in line does not overtake them; they may be about to get what is there.
    this.#serve(waitable.at);
    if (this.#lineOf(waitable.at).length === 0) {
      const value = waitable.attempt();
      if (value !== undefined) return value;
    }
    if (deadline <= performance.now()) throw timeoutError(waitable.what, options);
    return await new Promise<T>((resolve, reject) => {
      const waiter: Waiter = {
        waitable,
        resolve: resolve as (value: unknown) => void,
        reject,
        detach: () => {},
        isWaiting: false,
        isServed: false,
      };
      const line = this.#join(waiter);
      this.#attach(waiter, deadline, options);
      if (line[0] === waiter) this.#serve(waitable.at);
    });
  }

  /** A word of this room was changed by this process itself. */
  rungHere(room: Room): void {
    if (!this.#rooms.has(room)) return;
    const at = this.#slotAt + SLOT.rung + (room >>> 5);
    this.#words.or(at, 1 << (room & 31));
    this.#queueDrain();
  }

  /** Every word may have changed. */
  rungEverywhere(): void {
    for (const room of this.#rooms.keys()) this.rungHere(room);
  }

  /**
   * This thread is about to wait in rooms itself.
   *
   * @returns To be called when it does so no more: what was rung meanwhile is looked at then.
   */
  block(rooms: readonly Room[]): () => void {
    for (const room of rooms) enterRoom(this.#words, room, this.#slot);
    return () => {
      for (const room of rooms) {
        if (!this.#rooms.has(room)) leaveRoom(this.#words, room, this.#slot);
      }
      if (this.#count > 0) this.#queueDrain();
      else disarmBell(this.#words, this.#slotAt);
    };
  }

  #queueDrain(): void {
    if (this.#drainQueued) return;
    this.#drainQueued = true;
    queueMicrotask(() => {
      this.#drainQueued = false;
      this.#drain();
    });
  }

  /** OBSERVE ring: the bell is armed first, so that whoever rings from here on is heard. */
  #drain(): void {
    if (this.#count > 0) armBell(this.#words, this.#slotAt);
    for (let i = 0; i < RUNG_WORDS; i++) {
      let bits = takeRung(this.#words, this.#slotAt, i);
      while (bits !== 0) {
        const room = i * 32 + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const lines = this.#rooms.get(room);
        if (lines !== undefined) { for (const at of [...lines.keys()]) this.#serve(at); }
      }
    }
  }

  /** Serves the line of a word from its head, until one must go on waiting. */
  #serve(at: WordIndex): void {
    for (;;) {
      const waiter = this.#lineOf(at)[0];
      // A head that is being served has called us: its own loop goes on.
      if (waiter === undefined || waiter.isServed || this.#mustWait(waiter)) return;
    }
  }

  /** Makes the attempt of a head; if that, or its end, settles the wait, it leaves the line. */
  #mustWait(waiter: Waiter): boolean {
    const { waitable } = waiter;
    waiter.isServed = true;
    try {
      const value = waitable.attempt();
      if (value !== undefined) {
        this.#leave(waiter, () => waiter.resolve(value));
        return false;
      }
      const mustWait = waitable.announce() !== undefined;
      const { givenUp } = waiter;
      if (givenUp === undefined) return mustWait;
      this.#leave(waiter, () => waiter.reject(givenUp.reason));
    } catch (error) {
      this.#leave(waiter, () => waiter.reject(error));
    } finally {
      waiter.isServed = false;
    }
    return false;
  }

  /**
   * The room's bit is set before the first announcement: see README.md.
   *
   * @throws {ProcessError} if the machine has no bell for this process; then nothing waits.
   */
  #join(waiter: Waiter): Waiter[] {
    const { at } = waiter.waitable;
    const room = roomOf(at);
    if (this.#count === 0) this.#listen();
    let lines = this.#rooms.get(room);
    if (lines === undefined) {
      lines = new Map();
      this.#rooms.set(room, lines);
      enterRoom(this.#words, room, this.#slot);
    }
    let line = lines.get(at);
    if (line === undefined) lines.set(at, line = []);
    line.push(waiter);
    waiter.isWaiting = true;
    this.#count++;
    if (!waiter.waitable.patient) this.#impatient++;
    this.#inspectLater();
    return line;
  }

  #leave(waiter: Waiter, settle: () => void): void {
    waiter.detach();
    waiter.isWaiting = false;
    const { at } = waiter.waitable;
    const room = roomOf(at);
    const lines = this.#rooms.get(room)!;
    const line = lines.get(at)!;
    line.splice(line.indexOf(waiter), 1);
    this.#count--;
    if (!waiter.waitable.patient) this.#impatient--;
    if (line.length === 0) lines.delete(at);
    if (lines.size === 0) {
      this.#rooms.delete(room);
      leaveRoom(this.#words, room, this.#slot);
    }
    if (this.#count > 0) settle();
    else this.#rest(settle);
  }

  #listen(): void {
    if (this.#isOpening) return;
    if (this.#bell === undefined) {
      this.#bell = this.#openBell();
      this.#words.store(this.#slotAt + SLOT.bellFd, this.#bell.writeFd + 1);
      // Who has come while it was opened may have been rung in vain.
      if (this.#count > 0) this.#queueDrain();
    }
    armBell(this.#words, this.#slotAt);
    this.#bell.ear.listen();
  }

  /** Loading what a bell needs may run other code of this process: its waits join, and need no second bell. */
  #openBell(): Bell {
    this.#isOpening = true;
    try {
      return this.#heap.platform.openBell(() => this.#drain());
    } catch (error) {
      for (const [room, lines] of [...this.#rooms]) {
        this.#rooms.delete(room);
        leaveRoom(this.#words, room, this.#slot);
        for (const waiter of [...lines.values()].flat()) {
          waiter.detach();
          waiter.isWaiting = false;
          this.#count--;
          if (!waiter.waitable.patient) this.#impatient--;
          waiter.reject(error);
        }
      }
      throw error;
    } finally {
      this.#isOpening = false;
    }
  }

  /** Settles once nothing of the bell is pending: a test that ends with this wait leaves nothing. */
  #rest(settle: () => void): void {
    clearTimeout(this.#inspection);
    this.#inspection = undefined;
    disarmBell(this.#words, this.#slotAt);
    void this.#bell!.ear.rest().then(settle, settle);
  }

  #attach(waiter: Waiter, deadline: Deadline, options: WaitOptions | undefined): void {
    const signal = options?.signal;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const schedule = (): void => {
      const rest = Math.max(0, deadline - performance.now());
      timer = setTimeout(expire, Math.min(rest, LONGEST_TIMER));
    };
    const expire = (): void => {
      if (deadline > performance.now()) schedule();
      else this.#expire(waiter, options);
    };
    const abort = (): void => this.#giveUp(waiter, signal!.reason);
    if (deadline !== Infinity) schedule();
    signal?.addEventListener("abort", abort, { once: true });
    waiter.detach = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  }

  /** What came in the same instant as the deadline is taken, by whoever's turn it is. */
  #expire(waiter: Waiter, options: WaitOptions | undefined): void {
    const { at, what } = waiter.waitable;
    this.#serve(at);
    if (waiter.isWaiting) this.#giveUp(waiter, timeoutError(what, options));
  }

  #giveUp(waiter: Waiter, reason: unknown): void {
    if (waiter.isServed) {
      // What its attempt takes must not be lost.
      waiter.givenUp = { reason };
      return;
    }
    const { at } = waiter.waitable;
    const wasHead = this.#lineOf(at)[0] === waiter;
    this.#leave(waiter, () => waiter.reject(reason));
    if (wasHead) this.#serve(at);
  }

  #lineOf(at: WordIndex): readonly Waiter[] {
    return this.#rooms.get(roomOf(at))?.get(at) ?? [];
  }

  #inspectLater(): void {
    if (this.#impatient === 0) return;
    this.#inspection ??= setTimeout(() => {
      this.#inspection = undefined;
      let sweep = this.#sweep;
      const sweepOnce = (): void => {
        const act = sweep;
        sweep = () => {};
        act();
      };
      for (const lines of [...this.#rooms.values()]) {
        for (const line of [...lines.values()]) {
          const waiter = line.find(({ waitable }) => !waitable.patient);
          if (waiter !== undefined) this.#inspect(waiter, sweepOnce);
        }
      }
      this.#inspectLater();
    }, this.#interval);
  }

  /** Who is waited for may be dead; a wait that cannot find out ends with the reason for that. */
  #inspect(waiter: Waiter, sweep: () => void): void {
    const { waitable } = waiter;
    try {
      if (waitable.inspect === undefined) sweep();
      else waitable.inspect();
    } catch (error) {
      if (waiter.isWaiting) this.#giveUp(waiter, error);
    }
    this.#serve(waitable.at);
  }
}
