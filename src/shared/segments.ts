/**
 * Named segments: how they come, and how they go.
 *
 * A segment goes when somebody unlinks it, or when it is *abandoned*: the tree of processes that made it
 * has ended, and nobody uses it. The kernel knows the latter by a lock that every user holds, so that it
 * is certain, also for processes that cannot see each other.
 *
 * Whoever opens a name and gets its segment alone looks whether it is abandoned, and if so takes the name
 * away before anybody else can have the segment. Whoever waited for it meanwhile looks at the name again.
 */
import { currentPlatform } from "../platform/current.ts";
import type { Segment } from "../platform/port.ts";
import { readRecord, segmentBytes, type SegmentRecord, writeRecord } from "./segment_record.ts";

/** A segment that this process uses. */
export interface UsedSegment {
  /** The segment. */
  readonly segment: Segment;
  /** What its record says. */
  readonly record: Pick<SegmentRecord, "byteLength" | "id">;
}

/**
 * Makes a segment of zeros with a name; `undefined` if the name is taken.
 *
 * @throws {OutOfMemoryError} if there is no room for it.
 */
export function createSegment(
  name: string,
  byteLength: number,
  persistent: boolean,
): UsedSegment | undefined {
  const platform = currentPlatform();
  const segment = platform.named.draft();
  try {
    platform.named.use(segment);
    platform.reserve(segment, 0, segmentBytes(byteLength));
    const id = writeRecord(segment, byteLength, persistent);
    // PUBLISH segment: found by openSegment().
    if (platform.named.publish(segment, name)) return { segment, record: { byteLength, id } };
  } catch (error) {
    platform.close(segment);
    throw error;
  }
  platform.close(segment);
  return undefined;
}

/** Opens a segment; `undefined` if there is none of this name, or only an abandoned one, which goes. */
export function openSegment(name: string): UsedSegment | undefined {
  const platform = currentPlatform();
  const { named } = platform;
  for (;;) {
    const segment = named.open(name);
    if (segment === undefined) return undefined;
    try {
      const alone = named.lockAlone(segment);
      const record = readRecord(segment);
      if (alone && record.isAbandoned && named.isNamed(segment, name)) named.unlink(name);
      named.use(segment);
      if (named.isNamed(segment, name)) return { segment, record };
    } catch (error) {
      platform.close(segment);
      throw error;
    }
    platform.close(segment);
  }
}

/** Takes the name away from a segment, if that is still the one with this id. */
export function unlinkSegment(name: string, id: string): void {
  const found = openSegment(name);
  if (found === undefined) return;
  if (found.record.id === id) currentPlatform().named.unlink(name);
  currentPlatform().close(found.segment);
}

/** Takes the name away from a segment, if it is still the one with this id, and nobody uses it. */
export function unlinkUnused(name: string, id: string): void {
  const platform = currentPlatform();
  const { named } = platform;
  const segment = named.open(name);
  if (segment === undefined) return;
  const alone = named.lockAlone(segment);
  if (alone && named.isNamed(segment, name) && readRecord(segment).id === id) named.unlink(name);
  platform.close(segment);
}

/** Takes the names away from all abandoned segments. */
export function sweepSegments(): void {
  const platform = currentPlatform();
  for (const name of platform.named.names()) {
    try {
      const found = openSegment(name);
      if (found !== undefined) platform.close(found.segment);
    } catch {
      // It is somebody else's.
    }
  }
}
