/** What storms find as it was, when what they had started has ended. */
import { activeChildren } from "../../mod.ts";
import { member } from "../../src/parking/member.ts";
import { descriptors, heapMappings } from "../support/proc.ts";

/** What could grow with each process, as text to compare. */
export function inUse(): string {
  const { allocator, table } = member();
  return JSON.stringify({
    cells: allocator.cells.count(),
    blocks: allocator.blocks.count(),
    owners: [...table.owners()].length,
    descriptors: descriptors().size,
    mappings: heapMappings().length,
    active: activeChildren().length,
  });
}
