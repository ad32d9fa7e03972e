/** The bells of other processes, opened once each. */
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordMemory } from "../memory/words.ts";
import { LIVE, ownerIn, phaseOf, SLOT, slotAt } from "../owner/slot.ts";
import type { Platform } from "../platform/port.ts";

interface Ringer {
  readonly owner: OwnerId;
  readonly fd: number;
}

/** Writes bytes into the pipes of other processes. */
export class Ringers {
  readonly #words: WordMemory;
  readonly #platform: Platform;
  readonly #bySlot: Map<number, Ringer> = new Map();

  /**
   * @param words The words of the heap.
   * @param platform Opens and writes.
   */
  constructor(words: WordMemory, platform: Platform) {
    this.#words = words;
    this.#platform = platform;
  }

  /** Writes a byte for the process in a slot; does nothing if it is gone or has no bell. */
  ring(slot: number): void {
    const state = this.#words.load(slotAt(slot) + SLOT.state);
    if (phaseOf(state) !== LIVE) return;
    const owner = ownerIn(state, slot);
    let ringer = this.#bySlot.get(slot);
    if (ringer?.owner !== owner) {
      this.forget(slot);
      const fd = this.#open(slot, state);
      if (fd === undefined) return;
      ringer = { owner, fd };
      this.#bySlot.set(slot, ringer);
    }
    this.#platform.ring(ringer.fd);
  }

  /** Closes the bell of a slot. */
  forget(slot: number): void {
    const ringer = this.#bySlot.get(slot);
    if (ringer === undefined) return;
    this.#bySlot.delete(slot);
    this.#platform.close(ringer.fd);
  }

  /** Only if the slot still is the same process's afterwards, the descriptor is its bell. */
  #open(slot: number, state: number): number | undefined {
    const at = slotAt(slot);
    const pid = this.#words.load(at + SLOT.pid);
    const bellFd = this.#words.load(at + SLOT.bellFd);
    if (bellFd === 0 || this.#words.load(at + SLOT.state) !== state) return undefined;
    return this.#platform.openRinger(pid, bellFd - 1);
  }
}
