/** What a channel needs of the process that uses it; models make their own. */
import {
  capacityOfParcel,
  freeParcel,
  handOverParcel,
  isTagged,
  type Place,
} from "../codec/parcel.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { PlainMemory, WordIndex, WordMemory } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import type { Waitable } from "../parking/waitable.ts";

/** A process that uses channels. */
export interface Party {
  /** The shared words. */
  readonly words: WordMemory;
  /** The same, for those that only the holder of a lock touches. */
  readonly guarded: PlainMemory;
  /** Where segments and parcels lie. */
  readonly store: Store;
  /** Its name in shared words. */
  readonly self: OwnerId;
  /** Whether an owner is alive: asks the machine. */
  isAlive(owner: OwnerId): boolean;
  /** Waits on this thread, without a deadline. */
  waitSync<T>(waitable: Waitable<T>): T;
  /** Wakes one thread that sleeps on a word. */
  wakeThread(at: WordIndex): void;
  /** Wakes at most so many threads, and all event loops, that wait for a word. */
  wake(at: WordIndex, count: number): void;
}

/** The memory of segments and parcels. */
export interface Store {
  /** Allocates a segment that belongs to this process. */
  allocate(words: number): WordIndex;
  /** How many words a segment has. */
  length(segment: WordIndex): number;
  /** Hands a segment or a parcel over; false if it was not `from`'s any more. */
  handOver(place: Place, from: number, to: number): boolean;
  /** How many bytes a parcel in this place can have. */
  capacity(place: Place): number;
  /** Whether a parcel mentions something shared. */
  isTagged(place: Place): boolean;
  /** Frees a segment or a parcel, and lets go of what a parcel mentions. */
  free(place: Place): void;
  /** All segments and parcels that lie inside a channel. */
  inside(channel: WordIndex): Iterable<Place>;
}

/** For {@linkcode Party.wake}: all of them. */
export const ALL: number = 2 ** 30;

const parties: WeakMap<Member, Party> = new WeakMap();

/** A member as a party. */
export function partyOf(member: Member): Party {
  let party = parties.get(member);
  if (party === undefined) parties.set(member, party = makeParty(member));
  return party;
}

function makeParty(member: Member): Party {
  const { heap, allocator: { cells, blocks }, table, parking, owner } = member;
  return {
    words: heap.words,
    guarded: heap.plain,
    store: {
      allocate: (words) => cells.allocate(4 * words),
      length: (segment) => cells.byteLength(segment) >> 2,
      capacity: (place) => capacityOfParcel(member, place),
      isTagged: (place) => isTagged(member, place),
      handOver: (place, from, to) => handOverParcel(member, place, from, to),
      free: (place) => freeParcel(member, place),
      *inside(channel) {
        yield* cells.inside(channel);
        for (const block of blocks.inside(channel)) yield -block - 1;
      },
    },
    self: owner,
    isAlive: (other) => table.isAlive(other),
    waitSync: (waitable) => parking.waitSync(waitable, Infinity),
    wakeThread: (at) => heap.kernel.wake(at, 1),
    wake: (at, count) => parking.wake(at, count),
  };
}
