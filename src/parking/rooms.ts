/**
 * Waiting rooms: which processes wait on their event loop, and roughly for what.
 *
 * Every word belongs to one of 256 rooms, by a hash of its index. A room is a bitmap of owner slots:
 * a set bit says that this process has asynchronous waiters for some word of the room. The bit is the
 * process's own: it alone sets and clears it, so a death needs no repair but clearing it.
 */
import { HEADER, REGION, ROOM_WORDS, ROOMS } from "../memory/layout.ts";
import type { WordIndex, WordMemory } from "../memory/words.ts";

/** The index of a room. */
export type Room = number;

/** The room of a word. Neighbouring words, as fields of one object are, have neighbouring rooms. */
export function roomOf(at: WordIndex): Room {
  return (at ^ (at >>> 8) ^ (at >>> 16)) & (ROOMS - 1);
}

/** This process has waiters in the room. */
export function enterRoom(words: WordMemory, room: Room, slot: number): void {
  words.or(REGION.rooms + room * ROOM_WORDS + (slot >>> 5), 1 << (slot & 31));
}

/** This process has no waiters in the room any more. */
export function leaveRoom(words: WordMemory, room: Room, slot: number): void {
  words.and(REGION.rooms + room * ROOM_WORDS + (slot >>> 5), ~(1 << (slot & 31)));
}

/** Calls back for every slot that has waiters in the room. */
export function forOccupants(
  words: WordMemory,
  room: Room,
  callback: (slot: number) => void,
): void {
  const used = words.load(HEADER.ownersUsed);
  for (let first = 0; first < used; first += 32) {
    let bits = words.load(REGION.rooms + room * ROOM_WORDS + (first >>> 5));
    while (bits !== 0) {
      const bit = 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      callback(first + bit);
    }
  }
}

/** Clears what a dead process left in all rooms. */
export function clearRooms(words: WordMemory, slot: number): void {
  for (let room = 0; room < ROOMS; room++) {
    const at = REGION.rooms + room * ROOM_WORDS + (slot >>> 5);
    if ((words.load(at) & (1 << (slot & 31))) !== 0) leaveRoom(words, room, slot);
  }
}
