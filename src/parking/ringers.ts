/** The bells of other processes, opened once each. */
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordMemory } from "../memory/words.ts";
import { ProcessError } from "../errors.ts";
import { LIVE, ownerIn, packState, phaseOf, SLOT, slotAt } from "../owner/slot.ts";
import type { OwnerTable } from "../owner/table.ts";
import type { Platform } from "../platform/port.ts";

interface Ringer {
  readonly owner: OwnerId;
  readonly fd: number;
}

/** Writes bytes into the pipes of other processes. */
export class Ringers {
  readonly #words: WordMemory;
  readonly #platform: Platform;
  readonly #table: OwnerTable;
  readonly #bySlot: Map<number, Ringer> = new Map();

  /**
   * @param words The words of the heap.
   * @param platform Opens and writes.
   * @param table The owner table.
   */
  constructor(words: WordMemory, platform: Platform, table: OwnerTable) {
    this.#words = words;
    this.#platform = platform;
    this.#table = table;
  }

  /**
   * Writes a byte for the process in a slot; does nothing if it is gone or has no bell.
   *
   * @throws {ProcessError} if its bell cannot be opened: its waiters do not hear of this.
   */
  ring(slot: number): void {
    const state = this.#words.load(slotAt(slot) + SLOT.state);
    if (phaseOf(state) !== LIVE) return;
    const owner = ownerIn(state, slot);
    let ringer = this.#bySlot.get(slot);
    if (ringer?.owner !== owner) {
      this.forgetTheGone();
      const fd = this.#open(slot, owner);
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

  /** The process in a slot is gone, and its slot is still its own. */
  bury(slot: number): void {
    this.forget(slot);
    const at = slotAt(slot);
    const bellFd = this.#words.load(at + SLOT.bellFd);
    if (bellFd !== 0) this.#platform.buryBell(this.#words.load(at + SLOT.pid), bellFd - 1);
  }

  /** Closes the bells of those that are gone: others may have recovered them, so nobody has told us. */
  forgetTheGone(): void {
    for (const [slot, { owner }] of [...this.#bySlot]) {
      if (this.#words.load(slotAt(slot) + SLOT.state) !== packState(LIVE, owner)) this.forget(slot);
    }
  }

  /**
   * Only if the process that had the slot before is alive afterwards, the descriptor is its bell: another process
   * with its pid may have anything there.
   */
  #open(slot: number, owner: OwnerId): number | undefined {
    const at = slotAt(slot);
    const pid = this.#words.load(at + SLOT.pid);
    const bellFd = this.#words.load(at + SLOT.bellFd);
    if (pid === 0 || bellFd === 0) return undefined;
    let fd: number | undefined;
    try {
      fd = this.#platform.openRinger(pid, bellFd - 1);
    } catch (error) {
      if (!this.#table.isAlive(owner)) return undefined;
      throw new ProcessError(
        `Cannot wake process ${pid}: its bell cannot be opened; has this process too many files open?`,
        { cause: error },
      );
    }
    // Who ends has no files any more before it counts as dead: it hears nothing, and needs not.
    if (fd === undefined || this.#table.isAlive(owner)) return fd;
    this.#platform.close(fd);
    return undefined;
  }
}
