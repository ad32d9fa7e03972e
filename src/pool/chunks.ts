/** Cutting items into chunks. */

/** How many chunks each worker gets if nobody says otherwise, so that uneven ones even out. */
const CHUNKS_PER_WORKER = 4;

/** How large a chunk is at most if nobody says otherwise. */
const LARGEST_CHUNK = 4096;

/** The number of items in a chunk, for `length` items and `workers` workers. */
export function chunkSizeFor(length: number, workers: number): number {
  const even = Math.ceil(length / (workers * CHUNKS_PER_WORKER));
  return Math.max(1, Math.min(LARGEST_CHUNK, even));
}

/** The items of an iterable, in arrays of at most `size`. */
export async function* asyncChunksOf<T>(
  items: Iterable<T> | AsyncIterable<T>,
  size: number,
): AsyncGenerator<T[], void> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
