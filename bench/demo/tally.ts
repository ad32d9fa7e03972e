/** Putting together what the workers found. */
import { createHash } from "node:crypto";
import type { Batch, Finding, ListedFile, Trouble } from "./piece.ts";

/** A file that was read. */
export interface HashedFile {
  /** Its path below the folder. */
  readonly path: string;
  /** Its size in bytes. */
  readonly bytes: number;
  /** How many newlines it has. */
  readonly lines: number;
  /** Its SHA-256 in hexadecimal digits. */
  readonly sha256: string;
}

/** Everything that was found. */
export interface Totals {
  /** The files that were read, sorted by path. */
  readonly files: readonly HashedFile[];
  /** The sum of their sizes. */
  readonly bytes: number;
  /** The sum of their newlines. */
  readonly lines: number;
  /** The SHA-256 of lines of digest and path: equal if and only if the files are. */
  readonly sha256: string;
}

/** Adds findings up, in whatever order they come. */
export class Tally {
  readonly #files: readonly ListedFile[];
  readonly #missing: number[];
  readonly #lines: number[];
  readonly #digests: (string | undefined)[];
  readonly #problems: Map<number, string> = new Map();

  /**
   * @param files What was listed.
   * @param batches All that will be found.
   */
  constructor(files: readonly ListedFile[], batches: readonly Batch[]) {
    this.#files = files;
    this.#missing = files.map(() => 0);
    this.#lines = files.map(() => 0);
    this.#digests = files.map(() => undefined);
    for (const { pieces } of batches) for (const { file } of pieces) this.#missing[file]++;
  }

  /** Adds what came of one piece; returns the trouble if it is the first of its file. */
  add(finding: Finding): Trouble | undefined {
    const { file } = finding;
    this.#missing[file]--;
    if ("problem" in finding) {
      if (this.#problems.has(file)) return undefined;
      this.#problems.set(file, finding.problem);
      return { path: this.#files[file].path, problem: finding.problem };
    }
    this.#lines[file] += finding.lines;
    this.#digests[file] ??= finding.sha256;
    return undefined;
  }

  /** What has been added, once everything has been. */
  totals(): Totals {
    const files: HashedFile[] = [];
    const all = createHash("sha256");
    this.#files.forEach(({ path, size }, file) => {
      if (this.#missing[file] > 0) throw new Error(`Cannot add up: "${path}" is not complete`);
      const sha256 = this.#digests[file];
      if (sha256 === undefined || this.#problems.has(file)) return;
      files.push({ path, bytes: size, lines: this.#lines[file], sha256 });
      all.update(`${sha256}  ${path}\n`);
    });
    return {
      files,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      lines: files.reduce((sum, { lines }) => sum + lines, 0),
      sha256: all.digest("hex"),
    };
  }
}
