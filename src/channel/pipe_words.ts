/**
 * The shared objects of a pipe: the pipe, and its two ends.
 *
 * | object | words | goes when |
 * | --- | --- | --- |
 * | pipe | a channel for each side: what that side sends | both ends are gone, which carry it like a message |
 * | end | the pipe, and its side; 0 once the end has let go of the pipe | no process holds it, and no message carries it |
 *
 * When an end goes, it closes both channels: the other end receives what was sent and then finds end of file, and
 * who sends finds a broken pipe. A process that dies lets go of its ends as of everything.
 *
 * Closing comes before letting go, and both can be repeated, should who does it die.
 */
import type { OwnerId } from "../memory/owner_id.ts";
import { struct } from "../memory/struct.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, whenMember } from "../parking/member.ts";
import { Channel } from "./channel.ts";
import { KIND } from "./kinds.ts";
import { CHANNEL } from "./layout.ts";
import { type Party, partyOf } from "./party.ts";

/** One of the two ends. */
export type Side = 0 | 1;

const PIPE = struct({ sentBy0: CHANNEL.size, sentBy1: CHANNEL.size });
/** The words of an end. */
export const END = struct({ pipe: 1, side: 1 });

/** How many bytes a unit of weight stands for. */
const UNIT_BYTES = 64;

/** How much may lie in one direction of a pipe, in units: 1 MiB. */
const CAPACITY = 2 ** 20 / UNIT_BYTES;

/** How much a message of so many bytes weighs in a pipe. */
export function weightOf(byteLength: number): number {
  return 1 + Math.floor(byteLength / UNIT_BYTES);
}

/** An end of a pipe, as one process sees it. */
export interface End {
  /** What it sends into, unless it only receives. */
  readonly outgoing: Channel | undefined;
  /** What it receives from, unless it only sends. */
  readonly incoming: Channel | undefined;
}

/**
 * Makes a pipe; this process holds both ends.
 *
 * @param isDuplex Whether both ends can send, or only the second.
 * @throws {OutOfMemoryError} if there is no room; nothing is left behind.
 */
export function makePipe(member: Member, isDuplex: boolean): [WordIndex, WordIndex] {
  const { holdings } = member;
  const party = partyOf(member);
  const pipe = holdings.create(KIND.pipe, PIPE.size);
  const made: WordIndex[] = [];
  try {
    if (isDuplex) Channel.create(party, pipe + PIPE.sentBy0, CAPACITY);
    Channel.create(party, pipe + PIPE.sentBy1, CAPACITY);
    for (const side of [0, 1]) {
      const end = holdings.create(KIND.connection, END.size);
      made.push(end);
      holdings.takeOff(pipe);
      party.words.store(end + END.side, side);
      party.words.store(end + END.pipe, pipe);
    }
  } catch (error) {
    for (const end of made) holdings.letGo(end);
    throw error;
  } finally {
    holdings.letGo(pipe);
  }
  return [made[0], made[1]];
}

/** What an end looks like from here. */
export function openEnd(member: Member, at: WordIndex): End {
  const { words } = member.heap;
  const party = partyOf(member);
  const pipe = words.load(at + END.pipe);
  const side = words.load(at + END.side) as Side;
  const channelOf = (sender: number): Channel | undefined => {
    const channel = pipe + (sender === 0 ? PIPE.sentBy0 : PIPE.sentBy1);
    // A direction that a pipe does not have was never made.
    return words.load(channel + CHANNEL.capacity) === 0 ? undefined : new Channel(party, channel);
  };
  return { outgoing: channelOf(side), incoming: channelOf(1 - side) };
}

/** An end that no process holds and no message carries. */
export function closeEnd(member: Member, at: WordIndex): void {
  dropEnd(partyOf(member), at, (pipe) => member.holdings.land(pipe));
}

/**
 * Closes both channels of the pipe of an end, and then lets go of the pipe. Can be repeated by another if this one
 * dies; one that dies between the last two steps leaves the pipe without an end.
 */
export function dropEnd(party: Party, at: WordIndex, land: (pipe: WordIndex) => void): void {
  const { words } = party;
  const pipe = words.load(at + END.pipe);
  // Its maker has died over it, or somebody has come as far as this and no further.
  if (pipe === 0) return;
  for (const channel of channelsOf(pipe)) new Channel(party, channel).close();
  words.store(at + END.pipe, 0);
  land(pipe);
}

function endPipe(member: Member, pipe: WordIndex): void {
  for (const channel of channelsOf(pipe)) new Channel(partyOf(member), channel).end();
}

function mournPipe(member: Member, pipe: WordIndex, dead: OwnerId): void {
  for (const channel of channelsOf(pipe)) new Channel(partyOf(member), channel).bury(dead);
}

function channelsOf(pipe: WordIndex): readonly WordIndex[] {
  return [pipe + PIPE.sentBy0, pipe + PIPE.sentBy1];
}

whenMember((member) => {
  member.holdings.setEnder(KIND.pipe, (pipe) => endPipe(member, pipe));
  member.holdings.setMourner(KIND.pipe, (pipe, dead) => mournPipe(member, pipe, dead));
});
