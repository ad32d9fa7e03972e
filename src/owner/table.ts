/** The owner table: who takes part in a heap, and which of them is dead. */
import { ProcessError } from "../errors.ts";
import { HEADER, OWNER_SLOTS, OWNER_WORDS } from "../memory/layout.ts";
import {
  generationOf,
  nextGeneration,
  NOBODY,
  type OwnerId,
  ownerId,
  slotOf,
} from "../memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";
import type { Identity } from "../platform/port.ts";
import {
  DEAD,
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

/** The words of a slot that outlast its user. */
const KEPT: ReadonlySet<number> = new Set([
  SLOT.state,
  SLOT.parent,
  SLOT.recoverer,
  SLOT.ended,
  SLOT.endedPid,
  SLOT.endedCode,
]);

/**
 * How the machine is asked after a process; `undefined` if there is none with this id. A start time that is
 * not a number says that it cannot be told.
 */
export type Identify = (pid: number) => Identity | undefined;

/** The owner table of a heap. */
export class OwnerTable {
  readonly #words: WordMemory;
  readonly #identify: Identify;

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
    // The first that is free: whoever looks at all of them looks at as few as possible.
    for (let slot = 0; slot < OWNER_SLOTS; slot++) {
      const owner = this.#reserveSlot(slot, parent);
      if (owner !== NOBODY) return owner;
    }
    throw new ProcessError(
      `Cannot start another process: all ${OWNER_SLOTS} owner slots of this tree are in use`,
    );
  }

  /**
   * A reserved slot becomes the process `pid`; false if the slot was taken back meanwhile.
   *
   * @throws {ProcessError} if the machine does not tell who this process is: others would take it for dead.
   */
  activate(owner: OwnerId, pid: number): boolean {
    const startTime = this.#identify(pid)?.startTime ?? NaN;
    if (Number.isNaN(startTime)) {
      throw new ProcessError(
        `Cannot join a tree of processes: the start time of process ${pid} cannot be read from /proc`,
      );
    }
    const state = slotOfOwner(owner) + SLOT.state;
    const live = packState(LIVE, owner);
    if (!this.#move(state, packState(RESERVED, owner), live)) return false;
    this.#words.store(slotOfOwner(owner) + SLOT.startTime, startTime % START_TIMES);
    // PUBLISH pid: OBSERVE in isAlive().
    this.#words.store(slotOfOwner(owner) + SLOT.pid, pid);
    return this.#words.load(state) === live;
  }

  /** This process ends in order: nobody is to miss it. */
  leave(self: OwnerId): void {
    this.#words.store(slotOfOwner(self) + SLOT.left, self);
  }

  /** Whether an owner that died, and is not recovered yet, had ended in order. */
  hasLeft(dead: OwnerId): boolean {
    return this.#words.load(slotOfOwner(dead) + SLOT.left) === dead;
  }

  /** Whether an owner may still act: false is final. */
  isAlive(owner: OwnerId): boolean {
    const at = slotOfOwner(owner);
    const state = this.#words.load(at + SLOT.state);
    const phase = phaseOf(state);
    if (phase === FREE || phase === DEAD || ownerIn(state, slotOf(owner)) !== owner) return false;
    // OBSERVE pid
    const pid = phase === RESERVED ? 0 : this.#words.load(at + SLOT.pid);
    if (pid === 0) {
      const parent = this.#words.load(at + SLOT.parent);
      return parent === owner || parent === NOBODY || this.isAlive(parent);
    }
    const identity = this.#identify(pid);
    if (identity === undefined || identity.ended) return false;
    // A process that cannot be looked at, for want of descriptors, say, is not taken for dead.
    return Number.isNaN(identity.startTime) ||
      identity.startTime % START_TIMES === this.#words.load(at + SLOT.startTime);
  }

  /** Whether an owner is dead and recovered: its slot is another's. */
  isGone(owner: OwnerId): boolean {
    const state = this.#words.load(slotOfOwner(owner) + SLOT.state);
    return ownerIn(state, slotOf(owner)) !== owner;
  }

  /** The process id of an owner; 0 if it has not come yet, or is gone. */
  pidOf(owner: OwnerId): number {
    const at = slotOfOwner(owner);
    return this.#words.load(at + SLOT.state) === packState(LIVE, owner)
      ? this.#words.load(at + SLOT.pid)
      : 0;
  }

  /**
   * The parent of an owner notes how that one ended, before it recovers it: others are woken by the recovery.
   *
   * @param code An exit code, or -N if signal N killed it.
   */
  noteEnd(owner: OwnerId, pid: number, code: number): void {
    const at = slotOfOwner(owner);
    this.#words.store(at + SLOT.ended, NOBODY);
    this.#words.store(at + SLOT.endedPid, pid);
    this.#words.store(at + SLOT.endedCode, code);
    // PUBLISH end: OBSERVE in endOf().
    this.#words.store(at + SLOT.ended, owner);
  }

  /** How an owner ended, if its parent has noted it, and of nobody that came after it in its slot. */
  endOf(owner: OwnerId): { readonly pid: number; readonly code: number } | undefined {
    const at = slotOfOwner(owner);
    // OBSERVE end
    if (this.#words.load(at + SLOT.ended) !== owner) return undefined;
    const pid = this.#words.load(at + SLOT.endedPid);
    const code = this.#words.load(at + SLOT.endedCode);
    return this.#words.load(at + SLOT.ended) === owner ? { pid, code } : undefined;
  }

  /** Everybody whose slot is not free: also who has not come yet, and who is being recovered. */
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
    if (!this.#move(at, before, recoverer)) return false;
    if (this.#condemn(dead)) return true;
    this.#move(at, recoverer, NOBODY);
    return false;
  }

  /** Those whose recovery a dead owner had begun. */
  *leftBy(dead: OwnerId): Generator<OwnerId> {
    const used = this.used;
    for (let slot = 0; slot < used; slot++) {
      if (this.#words.load(slotAt(slot) + SLOT.recoverer) !== dead) continue;
      const state = this.#words.load(slotAt(slot) + SLOT.state);
      if (phaseOf(state) === DEAD) yield ownerIn(state, slot);
    }
  }

  /** The children that an owner had set slots aside for, and that have not come. */
  *reservedBy(parent: OwnerId): Generator<OwnerId> {
    const used = this.used;
    for (let slot = 0; slot < used; slot++) {
      const state = this.#words.load(slotAt(slot) + SLOT.state);
      if (phaseOf(state) !== RESERVED) continue;
      if (this.#words.load(slotAt(slot) + SLOT.parent) === parent) yield ownerIn(state, slot);
    }
  }

  /**
   * Whether anybody looks through the cells of others, as everybody does who is recovering another.
   *
   * @param except Somebody who does not count.
   */
  isScanning(except: OwnerId = NOBODY): boolean {
    const used = this.used;
    for (let slot = 0; slot < used; slot++) {
      const at = slotAt(slot);
      const recoverer = this.#words.load(at + SLOT.recoverer);
      if (recoverer !== NOBODY && recoverer !== except) return true;
      if (this.#words.load(at + SLOT.scanning) === 0) continue;
      const state = this.#words.load(at + SLOT.state);
      if (phaseOf(state) === LIVE && ownerIn(state, slot) !== except) return true;
    }
    return false;
  }

  /** Says that an owner looks through the cells of others, or does not any more. */
  setScanning(owner: OwnerId, isScanning: boolean): void {
    this.#words.store(slotOfOwner(owner) + SLOT.scanning, isScanning ? 1 : 0);
  }

  /** The last step of a recovery: gives the slot to the next generation. Can be repeated. */
  endRecovery(dead: OwnerId, recoverer: OwnerId): void {
    const used = this.used;
    for (let slot = 0; slot < used; slot++) {
      if (this.#words.load(slotAt(slot) + SLOT.parent) === dead) this.#takeBack(slot, dead);
      // Where it died at the very end of a recovery, or before it had begun.
      this.#move(slotAt(slot) + SLOT.recoverer, dead, NOBODY);
    }
    const at = slotOfOwner(dead);
    const next = ownerId(slotOf(dead), nextGeneration(generationOf(dead)));
    this.#words.store(at + SLOT.parent, NOBODY);
    this.#words.store(at + SLOT.state, packState(FREE, next));
    this.#move(at + SLOT.recoverer, recoverer, NOBODY);
  }

  /** From here on nobody takes a dead owner for alive, and a child that comes late does not become it. */
  #condemn(owner: OwnerId): boolean {
    const at = slotOfOwner(owner) + SLOT.state;
    const dead = packState(DEAD, owner);
    for (;;) {
      const state = this.#words.load(at);
      if (state === dead) return true;
      if (phaseOf(state) === FREE || ownerIn(state, slotOf(owner)) !== owner) return false;
      if (this.#move(at, state, dead)) return true;
    }
  }

  #reserveSlot(slot: number, parent: OwnerId): OwnerId {
    const at = slotAt(slot);
    const state = this.#words.load(at + SLOT.state);
    if (phaseOf(state) !== FREE) return NOBODY;
    const owner = ownerIn(state, slot);
    const claimant = parent === NOBODY ? owner : parent;
    this.#use(slot);
    if (!this.#move(at + SLOT.parent, NOBODY, claimant)) return NOBODY;
    // The last user of the slot may have died asleep: its bell is not the next one's.
    for (let word = 0; word < OWNER_WORDS; word++) {
      if (!KEPT.has(word)) this.#words.store(at + word, 0);
    }
    if (this.#move(at + SLOT.state, state, packState(RESERVED, owner))) return owner;
    // Somebody has had it meanwhile. He may have taken our claim back, and another may have it now.
    this.#move(at + SLOT.parent, claimant, NOBODY);
    return NOBODY;
  }

  /** Frees a slot that a dead parent was reserving, or had reserved for a child that never came. */
  #takeBack(slot: number, parent: OwnerId): void {
    const at = slotAt(slot);
    const state = this.#words.load(at + SLOT.state);
    const phase = phaseOf(state);
    if (phase === LIVE || phase === DEAD) return;
    if (phase === RESERVED) {
      // First out of the child's reach; `parent` still keeps others from reserving it.
      const owner = ownerIn(state, slot);
      const next = packState(FREE, ownerId(slot, nextGeneration(generationOf(owner))));
      if (!this.#move(at + SLOT.state, state, next)) return;
    }
    this.#move(at + SLOT.parent, parent, NOBODY);
  }

  #move(at: WordIndex, from: number, to: number): boolean {
    return this.#words.compareExchange(at, from, to) === from;
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
