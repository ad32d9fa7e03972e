/**
 * What becomes of a pool when a process has died, and when nobody holds it any more. Whoever notices a death may be
 * the one to recover it, also a child that has never heard of pools: every process of a tree imports this.
 */
import { freeParcel } from "../codec/parcel.ts";
import { whenMember } from "../parking/member.ts";
import { POOL_KIND } from "./layout.ts";
import { mournSubmitter } from "./submitters.ts";

whenMember((self) => {
  const { holdings, allocator: { cells, blocks } } = self;
  holdings.setEnder(POOL_KIND, (at) => {
    for (const cell of cells.inside(at)) freeParcel(self, cell);
    for (const block of blocks.inside(at)) freeParcel(self, -block - 1);
  });
  holdings.setMourner(POOL_KIND, (at, dead) => mournSubmitter(self, at, dead));
});
