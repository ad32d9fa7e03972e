/** The owner table: who takes part in a heap, and which of them is dead. */
import { ProcessError } from "../errors.ts";
import { HEADER, OWNER_SLOTS, ROOMS } from "../memory/layout.ts";
import {
  generationOf,
  nextGeneration,
  NOBODY,
  type OwnerId,
  ownerId,
  slotOf,
} from "../memory/owner_id.ts";
import type { WordMemory } from "../memory/words.ts";
import type { Identity } from "../platform/port.ts";
import {
  FREE,
  LIVE,
  ownerIn,
  packState,
  phaseOf,
  RESERVED,
  SLOT,
  slotAt,
  slotOfOwner,
} from "./slot.ts";

/** Start times are kept modulo this. */
const START_TIMES = 2 ** 31;

/** How the machine is asked after a process. */
export type Identify = (pid: number) => Identity | undefined;

/** The owner table of a heap. */
export class OwnerTable {
  readonly #words: WordMemory;
  readonly #identify: Identify;
  #hint = 0;

  /**
   * @param words The words of the heap.
   * @param identify How the machine is asked after a process.
   */
  constructor(words: WordMemory, identify: Identify) {
    this.#words = words;
    this.#identify = identify;
  }

  /** How many slots, counted from the first, were ever used. */
  get used(): number {
    return this.#words.load(HEADER.ownersUsed);
  }

  /**
   * Sets a slot aside for a process that is about to begin.
   *
   * @param parent Who does so; {@linkcode NOBODY} for the first process of a tree.
   * @throws {ProcessError} if all slots are in use.
   */
  reserve(parent: OwnerId): OwnerId {
    for (let i = 0; i < OWNER_SLOTS; i++) {
      const slot = (this.#hint + i) % OWNER_SLOTS;
      const owner = this.#reserveSlot(slot, parent);
      if (owner === NOBODY) continue;
      this.#hint = slot;
      return owner;
    }
    throw new ProcessError(
      `Cannot start another process: all ${OWNER_SLOTS} owner slots of this tree are in use`,
    );
  }

  /** A reserved slot becomes the process `pid`; false if the slot was taken back meanwhile. */
  activate(owner: OwnerId, pid: number): boolean {
    const at = slotOfOwner(owner);
    this.#words.store(at + SLOT.pid, pid);
    this.#words.store(at + SLOT.startTime, (this.#identify(pid)?.startTime ?? 0) % START_TIMES);
    this.#words.store(at + SLOT.sleepingOn, 0);
    // The last user of the slot may have died asleep: its bell is not ours.
    this.#words.store(at + SLOT.bellFd, 0);
    this.#words.store(at + SLOT.bell, 0);
    for (let i = 0; i < ROOMS / 32; i++) this.#words.store(at + SLOT.rung + i, 0);
    const reserved = packState(RESERVED, owner);
    return this.#words.compareExchange(at + SLOT.state, reserved, packState(LIVE, owner)) ===
      reserved;
  }

  /** Whether an owner may still act: false is final. */
  isAlive(owner: OwnerId): boolean {
    const at = slotOfOwner(owner);
    const state = this.#words.load(at + SLOT.state);
    const phase = phaseOf(state);
    if (phase === FREE || ownerIn(state, slotOf(owner)) !== owner) return false;
    if (phase === RESERVED) {
      const parent = this.#words.load(at + SLOT.parent);
      return parent === owner || parent === NOBODY || this.isAlive(parent);
    }
    const identity = this.#identify(this.#words.load(at + SLOT.pid));
    return identity !== undefined && !identity.ended &&
      identity.startTime % START_TIMES === this.#words.load(at + SLOT.startTime);
  }

  /** The process id of an owner; 0 if it has not come yet, or is gone. */
  pidOf(owner: OwnerId): number {
    const at = slotOfOwner(owner);
    return this.#words.load(at + SLOT.state) === packState(LIVE, owner)
      ? this.#words.load(at + SLOT.pid)
      : 0;
  }

  /** Everybody who is not known to be dead, reserved slots included. */
  *owners(): Generator<OwnerId> {
    const used = this.used;
    for (let slot = 0; slot < used; slot++) {
      const state = this.#words.load(slotAt(slot) + SLOT.state);
      if (phaseOf(state) !== FREE) yield ownerIn(state, slot);
    }
  }

  /** Whether this owner's slot still waits for its recovery. */
  isUnrecovered(owner: OwnerId): boolean {
    const state = this.#words.load(slotOfOwner(owner) + SLOT.state);
    return phaseOf(state) !== FREE && ownerIn(state, slotOf(owner)) === owner;
  }

  /** Becomes the recoverer of a dead owner; false if another living one already is. */
  beginRecovery(dead: OwnerId, recoverer: OwnerId): boolean {
    if (!this.isUnrecovered(dead)) return false;
    const at = slotOfOwner(dead) + SLOT.recoverer;
    const before = this.#words.load(at);
    if (before !== NOBODY && before !== recoverer && this.isAlive(before)) return false;
    if (this.#words.compareExchange(at, before, recoverer) !== before) return false;
    if (this.isUnrecovered(dead)) return true;
    this.#words.compareExchange(at, recoverer, NOBODY);
    return false;
  }

  /** The last step of a recovery: gives the slot to the next generation. Can be repeated. */
  endRecovery(dead: OwnerId, recoverer: OwnerId): void {
    for (const child of this.#slotsOfParent(dead)) this.#takeBack(child, dead);
    const at = slotOfOwner(dead);
    const next = ownerId(slotOf(dead), nextGeneration(generationOf(dead)));
    this.#words.store(at + SLOT.parent, NOBODY);
    this.#words.store(at + SLOT.state, packState(FREE, next));
    this.#words.compareExchange(at + SLOT.recoverer, recoverer, NOBODY);
  }

  #reserveSlot(slot: number, parent: OwnerId): OwnerId {
    const at = slotAt(slot);
    const state = this.#words.load(at + SLOT.state);
    if (phaseOf(state) !== FREE) return NOBODY;
    const owner = ownerIn(state, slot);
    const claimant = parent === NOBODY ? owner : parent;
    this.#use(slot);
    if (this.#words.compareExchange(at + SLOT.parent, NOBODY, claimant) !== NOBODY) return NOBODY;
    if (this.#words.compareExchange(at + SLOT.state, state, packState(RESERVED, owner)) === state) {
      return owner;
    }
    this.#words.store(at + SLOT.parent, NOBODY);
    return NOBODY;
  }

  /** The slots that name an owner as their parent. */
  *#slotsOfParent(parent: OwnerId): Generator<number> {
    const used = this.used;
    for (let slot = 0; slot < used; slot++) {
      if (this.#words.load(slotAt(slot) + SLOT.parent) === parent) yield slot;
    }
  }

  /** Frees a slot that a dead parent was reserving, or had reserved for a child that never came. */
  #takeBack(slot: number, parent: OwnerId): void {
    const at = slotAt(slot);
    const state = this.#words.load(at + SLOT.state);
    const phase = phaseOf(state);
    if (phase === LIVE) return;
    if (phase === RESERVED) {
      // First out of the child's reach; `parent` still keeps others from reserving it.
      const owner = ownerIn(state, slot);
      const next = packState(FREE, ownerId(slot, nextGeneration(generationOf(owner))));
      if (this.#words.compareExchange(at + SLOT.state, state, next) !== state) return;
    }
    this.#words.compareExchange(at + SLOT.parent, parent, NOBODY);
  }

  /** Before a slot is used, it is counted: nobody looks at slots beyond the count. */
  #use(slot: number): void {
    for (;;) {
      const used = this.#words.load(HEADER.ownersUsed);
      if (used > slot) return;
      if (this.#words.compareExchange(HEADER.ownersUsed, used, slot + 1) === used) return;
    }
  }
}
