/** What a worker does: it reads files, hashes them and counts their lines. */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Batch, Finding, Piece, Report } from "./piece.ts";
import { problemOf } from "./problem.ts";

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const NEWLINE = 10;

/** Small enough to stay in a processor's cache between hashing and counting. */
const buffer = new Uint8Array(256 << 10);

/** Does a task. A file that cannot be read is a finding like any other. */
export function measure({ folder, pieces, work }: Batch): Report {
  return { findings: pieces.map((piece) => attempt(folder, piece)), work };
}

function attempt(folder: string, piece: Piece): Finding {
  try {
    return read(folder, piece);
  } catch (error) {
    return { file: piece.file, problem: problemOf(error) };
  }
}

function read(folder: string, piece: Piece): Finding {
  const { file, path, digest, from, to } = piece;
  // What has become a link, or a pipe that nobody writes, since the folder was listed is not waited for.
  const fd = openSync(`${folder}/${path}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (hasChanged(fd, piece)) return { file, problem: "it has changed since it was listed" };
    const hash = digest ? createHash("sha256") : undefined;
    const end = digest ? piece.size : to;
    let lines = 0;
    for (let at = from; at < end;) {
      const length = readSync(fd, buffer, 0, Math.min(buffer.length, end - at), at);
      if (length === 0) {
        return { file, problem: `it ends at byte ${at} of the ${end} that it says` };
      }
      const bytes = buffer.subarray(0, length);
      hash?.update(bytes);
      if (at < to) lines += countNewlines(bytes);
      at += length;
    }
    if (hasChanged(fd, piece)) return { file, problem: "it has changed while it was read" };
    return { file, lines, sha256: hash?.digest("hex") };
  } finally {
    closeSync(fd);
  }
}

function hasChanged(fd: number, { size, modified }: Piece): boolean {
  const now = fstatSync(fd);
  return !now.isFile() || now.size !== size || now.mtimeMs !== modified;
}

/** A loop, because its time does not depend on the text: `indexOf` costs a call for each line. */
function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === NEWLINE) count++;
  }
  return count;
}
