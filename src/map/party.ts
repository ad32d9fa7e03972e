/** What a map needs of the process that uses it; models make their own. */
import { insideOf } from "../memory/cells.ts";
import { fence, type PlainMemory, PlainWords, type WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import type { ShortLockParty } from "../sync/short_lock.ts";
import { Entries } from "./entries.ts";

/** A process that uses maps. */
export interface Party extends ShortLockParty {
  /** Plain words. */
  readonly contents: Contents;
  /** Where tables and entries lie. */
  readonly store: Store;
  /** What was read before, is read before what follows. */
  fence(): void;
}

/** Words that nobody changes while somebody may look at them, or whose reader looks afterwards whether that was so. */
export interface Contents extends Pick<PlainMemory, "set" | "read"> {
  /** Whether the words here are these. */
  equals(at: WordIndex, words: Int32Array, count: number): boolean;
}

/** The memory of tables and entries. */
export interface Store {
  /** Allocates a table of so many words, which belongs to this process and is not zeros. */
  allocateTable(words: number): WordIndex;
  /** Whether a table or an entry belongs to a stripe. */
  isInside(place: WordIndex, stripe: WordIndex): boolean;
  /** A table of this process becomes a stripe's. */
  giveTable(table: WordIndex, stripe: WordIndex): void;
  /** An entry of this process becomes a stripe's. */
  giveEntry(entry: WordIndex, stripe: WordIndex): void;
  /** Frees a table. */
  freeTable(table: WordIndex): void;
  /** Frees an entry of a stripe, or makes it this process's until {@linkcode Store.settle}. */
  freeEntry(entry: WordIndex, stripe: WordIndex): void;
  /** Frees the rest. */
  settle(): void;
}

const parties: WeakMap<Member, Party> = new WeakMap();

const entries: WeakMap<Member, Entries> = new WeakMap();

/** The entries of a member. */
export function entriesOf(member: Member): Entries {
  let found = entries.get(member);
  if (found === undefined) entries.set(member, found = new Entries(member));
  return found;
}

/** A member as a party. */
export function partyOf(member: Member): Party {
  let party = parties.get(member);
  if (party === undefined) parties.set(member, party = makeParty(member));
  return party;
}

function makeParty(member: Member): Party {
  const { heap, allocator: { cells }, table, parking, owner } = member;
  const entries = entriesOf(member);
  return {
    words: heap.words,
    self: owner,
    isAlive: (other) => table.isAlive(other),
    waitSync: (waitable) => parking.waitSync(waitable, Infinity),
    wakeThread: (at) => void heap.kernel.wake(at, 1),
    fence,
    contents: new PlainContents(heap.bytes.buffer as ArrayBuffer),
    store: {
      allocateTable: (words) => cells.allocate(4 * words),
      isInside: (place, stripe) => cells.ownerOf(place) === insideOf(stripe),
      giveTable: (place, stripe) => void cells.handOver(place, owner, insideOf(stripe)),
      giveEntry: (entry, stripe) => entries.give(entry, stripe),
      freeTable: (place) => cells.free(place),
      freeEntry: (entry, stripe) => entries.take(entry, stripe),
      settle: () => entries.settle(),
    },
  };
}

/** From how many words on a call costs less than a loop. */
const MANY = 24;

class PlainContents extends PlainWords implements Contents {
  readonly #cells: Int32Array;

  constructor(buffer: ArrayBuffer) {
    super(buffer);
    this.#cells = new Int32Array(buffer);
  }

  override read(at: WordIndex, into: Int32Array, count: number): void {
    if (count > MANY) into.set(this.#cells.subarray(at, at + count));
    else super.read(at, into, count);
  }

  equals(at: WordIndex, words: Int32Array, count: number): boolean {
    const cells = this.#cells;
    for (let i = 0; i < count; i++) if (cells[at + i] !== words[i]) return false;
    return true;
  }
}
