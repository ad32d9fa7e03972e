/** Listing a folder with everything below it. */
import { lstatSync, readdirSync } from "node:fs";
import type { ListedFile, Trouble } from "./piece.ts";
import { problemOf } from "./problem.ts";

/** What is below a folder. */
export interface Listing {
  /** The regular files, sorted by path. */
  readonly files: readonly ListedFile[];
  /** How many folders there are, with the first. */
  readonly folders: number;
  /** How many symbolic links there are: none is followed, so there are no loops. */
  readonly links: number;
  /** How many sockets, pipes and devices there are: none is opened. */
  readonly others: number;
  /** What could not be looked at. */
  readonly troubles: readonly Trouble[];
}

/** Lists what is below a folder; what vanishes or cannot be read meanwhile is a trouble. */
export function list(folder: string): Listing {
  const files: ListedFile[] = [];
  const troubles: Trouble[] = [];
  const waiting = [""];
  let folders = 0;
  let links = 0;
  let others = 0;
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    try {
      const entries = readdirSync(below === "" ? folder : `${folder}/${below}`, {
        withFileTypes: true,
      });
      folders++;
      for (const entry of entries) {
        const path = below === "" ? entry.name : `${below}/${entry.name}`;
        if (entry.isDirectory()) waiting.push(path);
        else if (entry.isSymbolicLink()) links++;
        else if (!entry.isFile()) others++;
        else look(path);
      }
    } catch (error) {
      troubles.push({ path: below === "" ? "." : below, problem: problemOf(error) });
    }
  }
  files.sort((a, b) => a.path < b.path ? -1 : 1);
  return { files, folders, links, others, troubles };

  function look(path: string): void {
    try {
      const { size, mtimeMs } = lstatSync(`${folder}/${path}`);
      files.push({ path, size, modified: mtimeMs });
    } catch (error) {
      troubles.push({ path, problem: problemOf(error) });
    }
  }
}
