/** Cutting the files of a folder into tasks of about the same work. */
import type { Batch, ListedFile, Piece } from "./piece.ts";

/** Files of more than this many bytes are cut. */
const LARGE = 16 << 20;
/** How many bytes of a large file one piece counts the lines of. */
const STRETCH = 8 << 20;
/** How many tasks each worker gets if all are alike, so that the last ones even things out. */
const TASKS_PER_WORKER = 16;
/** The least and the most work of a task, in bytes. */
const [LEAST, MOST] = [256 << 10, STRETCH];
/** What opening and closing a file costs, in bytes that could be read meanwhile. */
const OPENING = 32 << 10;

/**
 * Cuts files into tasks, the largest first: whoever is free takes the next one, and the small ones at
 * the end fill the gaps.
 *
 * A SHA-256 cannot be computed in parts. The lines of a large file can be counted in parts, so a
 * large file is one piece for its digest and many for its lines.
 */
export function cut(folder: string, files: readonly ListedFile[], workers: number): Batch[] {
  const pieces = files.flatMap((file, index) => piecesOf(file, index));
  pieces.sort((a, b) => workOf(b) - workOf(a));
  const all = pieces.reduce((sum, piece) => sum + workOf(piece), 0);
  const enough = Math.min(MOST, Math.max(LEAST, all / (workers * TASKS_PER_WORKER)));
  const batches: Batch[] = [];
  let open: Piece[] = [];
  let work = 0;
  for (const piece of pieces) {
    open.push(piece);
    work += workOf(piece);
    if (work < enough) continue;
    batches.push({ folder, pieces: open, work });
    open = [];
    work = 0;
  }
  if (open.length > 0) batches.push({ folder, pieces: open, work });
  return batches;
}

function piecesOf(file: ListedFile, index: number): Piece[] {
  const { path, size, modified } = file;
  const whole = { file: index, path, size, modified };
  if (size <= LARGE) return [{ ...whole, digest: true, from: 0, to: size }];
  const pieces = [{ ...whole, digest: true, from: 0, to: 0 }];
  for (let from = 0; from < size; from += STRETCH) {
    pieces.push({ ...whole, digest: false, from, to: Math.min(size, from + STRETCH) });
  }
  return pieces;
}

/** Hashing a byte and counting it cost about the same. */
function workOf({ digest, size, from, to }: Piece): number {
  return (digest ? size : 0) + (to - from) + OPENING;
}
