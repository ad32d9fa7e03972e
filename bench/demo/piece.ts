/** What one task of the demo is about, and what comes back. */

/** A regular file as it was when the folder was listed. */
export interface ListedFile {
  /** Its path below the folder. */
  readonly path: string;
  /** Its size in bytes. */
  readonly size: number;
  /** When it was last changed, in ms. */
  readonly modified: number;
}

/** A file, or a part of the work that a large one makes. */
export interface Piece {
  /** The number of the file in the list. */
  readonly file: number;
  /** Its path below the folder. */
  readonly path: string;
  /** What it must still be for the pieces of one file to belong together. */
  readonly size: number;
  /** See {@linkcode ListedFile.modified}. */
  readonly modified: number;
  /** Whether its SHA-256 is computed: then the piece is the whole file. */
  readonly digest: boolean;
  /** The first byte whose lines are counted. */
  readonly from: number;
  /** The byte behind the last one whose lines are counted. */
  readonly to: number;
}

/** A task: some pieces. */
export interface Batch {
  /** The folder below which everything is. */
  readonly folder: string;
  /** What is read. */
  readonly pieces: readonly Piece[];
  /** How much work that is, in bytes. */
  readonly work: number;
}

/** What came of a piece. */
export type Finding =
  | { readonly file: number; readonly lines: number; readonly sha256: string | undefined }
  | { readonly file: number; readonly problem: string };

/** What came of a task. */
export interface Report {
  /** A finding for each piece. */
  readonly findings: readonly Finding[];
  /** The work of the task. */
  readonly work: number;
}

/** What is wrong with something that was met on the way; the rest goes on. */
export interface Trouble {
  /** Its path below the folder. */
  readonly path: string;
  /** What is wrong, in words. */
  readonly problem: string;
}
