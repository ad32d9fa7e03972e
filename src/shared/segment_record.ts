/**
 * What stands behind the bytes of named memory: a page that says how long they are, and whose.
 *
 * Behind and not before them, so that programs that know nothing of it, as Python's `SharedMemory`, find
 * the bytes where they expect them. Memory without such a page is theirs.
 */
import { roundUp, struct } from "../memory/struct.ts";
import { Words } from "../memory/words.ts";
import { SLOT, slotAt } from "../owner/slot.ts";
import { isMember, member } from "../parking/member.ts";
import { currentPlatform } from "../platform/current.ts";
import type { Segment } from "../platform/port.ts";
import { currentRuntime } from "../runtime/current.ts";

const PAGE = 4096;

const RECORD = struct({
  magic: 1,
  /** The length in bytes, modulo 2^32 and divided by it. */
  low: 1,
  high: 1,
  /** Tells this memory from others that have the name before or after it. */
  id: 2,
  /** The first process of the tree that made it, in its space of process ids; 0 if it is nobody's. */
  pid: 1,
  startTime: 1,
  space: 1,
});

/** "xmp" and the version of the record. */
const MAGIC = 0x786d7081;

/** Start times are kept modulo this, as in the owner table. */
const START_TIMES = 2 ** 31;

/** What a record says. */
export interface SegmentRecord {
  /** The length in bytes. */
  readonly byteLength: number;
  /** Tells this memory from others of the name; empty if it has no record. */
  readonly id: string;
  /** Whether the tree that made it has ended, as far as this process can see. */
  readonly isAbandoned: boolean;
}

/** How many bytes a segment has in front of its record. */
function dataBytes(byteLength: number): number {
  return roundUp(byteLength, PAGE);
}

/** How many bytes a segment has in all. */
export function segmentBytes(byteLength: number): number {
  return dataBytes(byteLength) + PAGE;
}

/**
 * Writes the record of a segment that has no name yet.
 *
 * @param persistent It is nobody's.
 */
export function writeRecord(segment: Segment, byteLength: number, persistent: boolean): string {
  return withWords(segment, dataBytes(byteLength), (words) => {
    const { pid, startTime } = persistent ? { pid: 0, startTime: 0 } : root();
    const id = crypto.getRandomValues(new Int32Array(2));
    words.store(RECORD.low, byteLength % 2 ** 32 | 0);
    words.store(RECORD.high, Math.floor(byteLength / 2 ** 32));
    words.store(RECORD.id, id[0]);
    words.store(RECORD.id + 1, id[1]);
    words.store(RECORD.pid, pid);
    words.store(RECORD.startTime, startTime);
    words.store(RECORD.space, space());
    words.store(RECORD.magic, MAGIC);
    return id.join();
  });
}

/** Reads the record of a segment. */
export function readRecord(segment: Segment): SegmentRecord {
  const whole = currentPlatform().named.byteLength(segment);
  const foreign = { byteLength: whole, id: "", isAbandoned: false };
  if (whole % PAGE !== 0 || whole === 0) return foreign;
  return withWords(segment, whole - PAGE, (words) => {
    if (words.load(RECORD.magic) !== MAGIC) return foreign;
    const byteLength = 2 ** 32 * words.load(RECORD.high) + (words.load(RECORD.low) >>> 0);
    // Another program may have copied or cut the file.
    if (segmentBytes(byteLength) !== whole) return foreign;
    const id = [words.load(RECORD.id), words.load(RECORD.id + 1)].join();
    return { byteLength, id, isAbandoned: isAbandoned(words) };
  });
}

function withWords<T>(segment: Segment, offset: number, use: (words: Words) => T): T {
  const mapping = currentPlatform().map(segment, offset, RECORD.size * 4);
  try {
    return use(new Words(new Int32Array(mapping.buffer)));
  } finally {
    mapping.unmap();
  }
}

function isAbandoned(words: Words): boolean {
  const pid = words.load(RECORD.pid);
  if (pid === 0 || words.load(RECORD.space) !== space()) return false;
  const identity = currentPlatform().identify(pid);
  return identity === undefined || identity.ended ||
    identity.startTime % START_TIMES !== words.load(RECORD.startTime);
}

/** Whether this process is the first of its tree. */
export function isRoot(): boolean {
  return root().pid === currentRuntime().pid;
}

/** The first process of this tree: it is the first that came into the owner table. */
function root(): { pid: number; startTime: number } {
  if (isMember()) {
    const { words } = member().heap;
    const pid = words.load(slotAt(0) + SLOT.pid);
    return { pid, startTime: words.load(slotAt(0) + SLOT.startTime) };
  }
  const { pid } = currentRuntime();
  return { pid, startTime: (currentPlatform().identify(pid)?.startTime ?? 0) % START_TIMES };
}

function space(): number {
  return Number(/\d+/.exec(currentPlatform().named.processSpace())?.[0] ?? 0) | 0;
}
