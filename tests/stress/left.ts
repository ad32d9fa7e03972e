/** What is left in a tree of processes, counted by what it is; and which shared objects have no end. */

import { activeChildren } from "../../mod.ts";
import { keptMappings } from "../../src/codec/block_mappings.ts";
import { SHARED } from "../../src/memory/cells.ts";
import { OBJECT_HEADER_WORDS } from "../../src/owner/holdings.ts";
import { member } from "../../src/parking/member.ts";
import { blocks } from "../fixtures/shared/count.ts";
import { descriptors, heapMappings } from "../support/proc.ts";

/** Counts by what is counted. */
export type Left = Readonly<Record<string, number>>;

/** What is lost by a kill in one of the places that `owner/holdings.ts` names, and never more of it. */
export const LOST = "lost objects";

/** What else may stay because of that: what lies inside a lost object. */
export const INSIDE: readonly string[] = ["blocks", "cells inside objects"];

/** What is left now. */
export function leftNow(): Left {
  const { table, allocator: { cells }, owner, holdings } = member();
  const objects = cells.inState(SHARED).map((cell) => cell + OBJECT_HEADER_WORDS);
  const isLost = (at: number) => holdings.isCarried(at) && !holdings.isHeld(at);
  const lost = objects.filter(isLost).length;
  const own = cells.count(owner);
  const left: Record<string, number> = {
    owners: [...table.owners()].length,
    children: activeChildren().length,
    "own cells": own,
    "held objects": objects.length - lost,
    [LOST]: lost,
    "cells inside objects": cells.count() - own - objects.length,
    blocks: blocks(),
    "mappings of the heap": heapMappings().length - keptMappings(),
  };
  for (const target of descriptors().values()) {
    const kind = `descriptors of ${target.replace(/\[\d+\]$/, "")}`;
    left[kind] = (left[kind] ?? 0) + 1;
  }
  return left;
}

/** The shared objects that are there now, as text: what each is and by whom it is held. */
export function describeObjects(): string {
  const { allocator: { cells }, holdings, table, owner } = member();
  const lines = cells.inState(SHARED).map((cell) => {
    const at = cell + OBJECT_HEADER_WORDS;
    const holders = [...table.owners()].filter((one) => holdings.isHeldBy(at, one))
      .map((one) => one === owner ? "this process" : `owner ${one}`);
    const by = holders.length > 0
      ? holders.join(", ")
      : holdings.isHeld(at)
      ? "the dead"
      : "nobody";
    const carried = holdings.isCarried(at) ? ", carried" : "";
    return `  at ${at}: kind ${holdings.kindOf(at)}, held by ${by}${carried}`;
  });
  return lines.join("\n");
}
