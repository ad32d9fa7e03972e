/**
 * Parking: how a process waits for a word to change, and how it is woken. The argument that no wake is
 * lost stands in this folder's README.md.
 */
import type { Heap } from "../memory/heap.ts";
import { HEADER } from "../memory/layout.ts";
import { type OwnerId, slotOf } from "../memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import type { Recovery } from "../owner/recovery.ts";
import { LIVE, phaseOf, SLOT, slotAt, slotOfOwner } from "../owner/slot.ts";
import type { OwnerTable } from "../owner/table.ts";
import { AsyncWaiters } from "./async_waiters.ts";
import { blockBell, type Means, ringFor, ringForAll, unring } from "./bell.ts";
import { Ringers } from "./ringers.ts";
import { clearRooms, forOccupants, roomOf } from "./rooms.ts";
import {
  type Deadline,
  throwIfAborted,
  timeoutError,
  type Waitable,
  type WaitOptions,
} from "./waitable.ts";

/** The longest time that a waiter sleeps before it looks whether somebody has died, in ms. */
export const INSPECTION_INTERVAL = 100;

/** How often the whole owner table is looked at, by whichever process comes first, in ms. */
const SWEEP_INTERVAL = 250;

/** How often a synchronous waiter looks again before it sleeps, where there is a second processor. */
const SPINS = 64;

/** Waits and wakes for one process. */
export class Parking {
  readonly #heap: Heap;
  readonly #words: WordMemory;
  readonly #self: OwnerId;
  readonly #table: OwnerTable;
  readonly #recovery: Recovery;
  readonly #ringers: Ringers;
  readonly #waiters: AsyncWaiters;
  #spins: number | undefined;

  /**
   * @param heap Where the words lie.
   * @param self Who waits.
   * @param table The owner table.
   * @param recovery What to do with the dead.
   */
  constructor(heap: Heap, self: OwnerId, table: OwnerTable, recovery: Recovery) {
    this.#heap = heap;
    this.#words = heap.words;
    this.#self = self;
    this.#table = table;
    this.#recovery = recovery;
    this.#ringers = new Ringers(heap.words, heap.platform, table);
    this.#waiters = new AsyncWaiters(heap, self, INSPECTION_INTERVAL, () => this.sweepIfDue());
    recovery.addStep((dead) => {
      clearRooms(this.#words, slotOf(dead));
      this.#ringers.bury(slotOf(dead));
    });
    recovery.setWakeEveryone(() => this.wakeEveryone());
  }

  /** How many asynchronous waits are pending in this process. */
  get pending(): number {
    return this.#waiters.pending;
  }

  /**
   * Wakes those who wait for a word that was just changed: at most `count` of the synchronous ones, and
   * all processes with asynchronous ones. Call it only if the word says that somebody may sleep.
   *
   * @throws {ProcessError} if a process could not be woken; all others were.
   */
  wake(at: WordIndex, count: number): void {
    this.#heap.kernel.wake(at, count);
    const room = roomOf(at);
    const self = slotOf(this.#self);
    const failures: unknown[] = [];
    forOccupants(this.#words, room, (slot) => {
      if (slot === self) this.#waiters.rungHere(room);
      else this.#reach(slot, ringFor(this.#words, slotAt(slot), room), failures);
    });
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Waits on this thread, which runs nothing else meanwhile.
   *
   * Waiters on the event loop that stand in line for the same word may be overtaken.
   *
   * @throws {TimeoutError} if the deadline is over.
   * @throws The signal's reason, if it was aborted before: no event comes while the thread is blocked.
   */
  waitSync<T>(waitable: Waitable<T>, deadline: Deadline, options?: WaitOptions): T {
    throwIfAborted(options);
    for (let i = 1;; i++) {
      const value = waitable.attempt();
      if (value !== undefined) return value;
      if (i >= this.#mostSpins() || deadline <= performance.now()) break;
    }
    let inspection = performance.now() + 0.9 * INSPECTION_INTERVAL;
    for (;;) {
      const value = waitable.attempt();
      if (value !== undefined) return value;
      // Announced even by who gives up: he may have been woken in place of another, whom the mark keeps.
      const expected = waitable.announce();
      if (expected === undefined) continue;
      const rest = deadline - performance.now();
      if (rest <= 0) throw timeoutError(waitable.what, options);
      sleepOn(this.#heap, slotOfOwner(this.#self), waitable.at, expected, rest);
      if (waitable.patient || performance.now() < inspection) continue;
      if (waitable.inspect === undefined) this.sweepIfDue();
      else waitable.inspect();
      inspection = performance.now() + 0.9 * INSPECTION_INTERVAL;
    }
  }

  /**
   * Waits on this thread for the first of several words to change so that an attempt succeeds.
   *
   * @param waitables The words; their `attempt` is not called, as `attempt` looks at all of them.
   * @param interval How long to sleep at most before the next attempt, in ms, for what no word tells.
   * @returns What the attempt returned; `undefined` if the deadline is over.
   */
  waitAnySync<T>(
    waitables: readonly Pick<Waitable<unknown>, "at" | "announce">[],
    attempt: () => T | undefined,
    deadline: Deadline,
    interval = Infinity,
  ): T | undefined {
    const slot = slotOfOwner(this.#self);
    const leave = this.#waiters.block(waitables.map(({ at }) => roomOf(at)));
    let inspection = performance.now() + 0.9 * INSPECTION_INTERVAL;
    try {
      for (;;) {
        const { at, expected } = blockBell(this.#words, slot);
        const value = attempt();
        if (value !== undefined) return value;
        // All of them, also when one has changed: there is no harm in a mark too many.
        const isWorthALook = waitables.filter(({ announce }) =>
          announce() === undefined
        ).length > 0;
        if (isWorthALook) continue;
        const rest = deadline - performance.now();
        if (rest <= 0) return undefined;
        sleepOn(this.#heap, slot, at, expected, Math.min(rest, interval));
        if (performance.now() < inspection) continue;
        this.sweepIfDue();
        inspection = performance.now() + 0.9 * INSPECTION_INTERVAL;
      }
    } finally {
      leave();
    }
  }

  /** Waits on the event loop; rejects with `TimeoutError` or the signal's reason. */
  waitAsync<T>(waitable: Waitable<T>, deadline: Deadline, options?: WaitOptions): Promise<T> {
    return this.#waiters.wait(waitable, deadline, options);
  }

  /** Lets the asynchronous waiters of this process for a word attempt again, for a reason that is no word's. */
  wakeOwn(at: WordIndex): void {
    this.#waiters.rungHere(roomOf(at));
  }

  /** Wakes every waiter of the tree, for whatever it waits. */
  wakeEveryone(): void {
    const used = this.#table.used;
    const self = slotOf(this.#self);
    for (let slot = 0; slot < used; slot++) {
      const at = slotAt(slot);
      if (slot === self || phaseOf(this.#words.load(at + SLOT.state)) !== LIVE) continue;
      const sleepingOn = this.#words.load(at + SLOT.sleepingOn);
      if (sleepingOn !== 0) this.#heap.kernel.wake(sleepingOn - 1, 2 ** 30);
      // Who cannot be rung is rung by the next one: nobody can be told here.
      this.#reach(slot, ringForAll(this.#words, at), []);
    }
    this.#waiters.rungEverywhere();
  }

  /** Closes what rings those that are gone; another process may have recovered them. */
  forgetTheGone(): void {
    this.#ringers.forgetTheGone();
  }

  /** Looks for the dead, unless somebody has just done so. */
  sweepIfDue(): void {
    const now = Date.now() % 2 ** 31;
    const last = this.#words.load(HEADER.lastSweep);
    if (now >= last && now - last < SWEEP_INTERVAL) return;
    if (this.#words.compareExchange(HEADER.lastSweep, last, now) === last) this.#recovery.sweep();
  }

  /** Not asked before somebody must wait: it reads a dozen files. */
  #mostSpins(): number {
    return this.#spins ??= this.#heap.platform.processors() > 1 ? SPINS : 1;
  }

  #reach(slot: number, means: Means, failures: unknown[]): void {
    if (means === "wake") this.#heap.kernel.wake(slotAt(slot) + SLOT.bell, 1);
    if (means !== "byte") return;
    try {
      this.#ringers.ring(slot);
    } catch (error) {
      unring(this.#words, slotAt(slot));
      failures.push(error);
    }
  }
}

/**
 * Sleeps once on a word, for at most one interval of inspection. The word is published, so that a
 * recovery can wake whoever sleeps on whatever.
 */
export function sleepOn(
  heap: { readonly words: WordMemory; readonly kernel: Heap["kernel"] },
  slot: WordIndex,
  at: WordIndex,
  expected: number,
  milliseconds: number,
): void {
  heap.words.store(slot + SLOT.sleepingOn, at + 1);
  heap.kernel.wait(at, expected, Math.min(milliseconds, INSPECTION_INTERVAL));
  heap.words.store(slot + SLOT.sleepingOn, 0);
}
