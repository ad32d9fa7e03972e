/** Cutting items into chunks. */

/**
 * How many chunks each worker gets if nobody says otherwise. A worker gives back the rest of a chunk when others have
 * nothing to do, but not in the middle of an item: what is behind a long one should not be much.
 */
const CHUNKS_PER_WORKER = 32;

/** How large a chunk is at most if nobody says otherwise. */
const LARGEST_CHUNK = 4096;

/** The number of items in a chunk, for `length` items and `workers` workers. */
export function chunkSizeFor(length: number, workers: number): number {
  const even = Math.ceil(length / (workers * CHUNKS_PER_WORKER));
  return Math.max(1, Math.min(LARGEST_CHUNK, even));
}

/** The items of an iterable, in arrays of at most `size`. If it throws, what it gave before that comes first. */
export async function* asyncChunksOf<T>(
  items: Iterable<T> | AsyncIterable<T>,
  size: number,
): AsyncGenerator<T[], void> {
  let chunk: T[] = [];
  try {
    for await (const item of items) {
      chunk.push(item);
      if (chunk.length < size) continue;
      const whole = chunk;
      chunk = [];
      yield whole;
    }
  } catch (error) {
    if (chunk.length > 0) yield chunk;
    throw error;
  }
  if (chunk.length > 0) yield chunk;
}

/** Cuts a run of items into so many parts, as even as can be: where each begins, and where the last one ends. */
export function evenly(start: number, end: number, parts: number): number[] {
  const count = Math.max(1, Math.min(parts, end - start));
  return Array.from(
    { length: count + 1 },
    (_, i) => start + Math.floor((end - start) * i / count),
  );
}
