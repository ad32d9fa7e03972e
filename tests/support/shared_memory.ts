/** Leak checks of the shared heap: what a test must give back besides descriptors and mappings. */

import { isMember, member } from "../../src/parking/member.ts";
import { registerLeakCheck } from "./harness.ts";

/** Whoever imports this has cells, blocks and owner slots of the whole tree counted after each test. */
registerLeakCheck("cells", () => isMember() ? member().allocator.cells.count() : 0);
registerLeakCheck("blocks", () => isMember() ? member().allocator.blocks.count() : 0);
registerLeakCheck("owner slots", () => isMember() ? [...member().table.owners()].length : 0);
