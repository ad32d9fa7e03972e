/** The storm of turns: processes one after another, for as long as there is time, while nothing may grow. */

import { activeChildren, Process } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import * as targets from "../fixtures/process/targets.ts";
import { descriptors, heapMappings } from "../support/proc.ts";
import { until } from "../support/until.ts";
import type { Storm } from "./storm.ts";

/** After so many, engines have compiled what they will, and their heaps have the size that they keep. */
const WARM = 100;
/** How much more may be resident at the end than then, in bytes: engines collect when they like to. */
const SWAY = 16 * 2 ** 20;

/** What could grow with each process. */
function inUse(): string {
  const { allocator, table } = member();
  return JSON.stringify({
    cells: allocator.cells.count(),
    blocks: allocator.blocks.count(),
    owners: [...table.owners()].length,
    usedSlots: table.used,
    mappings: heapMappings().length,
    active: activeChildren().length,
  });
}

const resident = (): number => member().heap.platform.residentBytes();

export const storm: Storm = {
  question: "Do processes one after another leave memory, descriptors and slots as they were?",
  async run({ isOver, count }) {
    let first: string | undefined;
    let warm: { resident: number; open: number } | undefined;
    for (let i = 0; !isOver(); i++) {
      const child = new Process(targets.add, { args: [i, 1] }).start();
      const sum = await child.result;
      await child.join();
      if (sum !== i + 1) throw new Error(`Process ${i} gave ${sum}`);
      first ??= inUse();
      if (inUse() !== first) throw new Error(`After process ${i}: ${inUse()}, at first: ${first}`);
      if (i === WARM) warm = { resident: resident(), open: descriptors().size };
      count("processes");
    }
    if (warm === undefined) return;
    const { open } = warm;
    // What a runtime knows a child by it closes when it likes to.
    await until(() => descriptors().size <= open, `no more than ${open} descriptors are open`);
    const grown = resident() - warm.resident;
    count("KiB more resident than after the first hundred", Math.round(grown / 1024));
    if (grown > SWAY) throw new Error(`Grew by ${grown} bytes after the first ${WARM} processes`);
  },
};
