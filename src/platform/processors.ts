/** How many processors this process may use. */
import type { SmallFiles } from "./files.ts";
import { groupFolders } from "./groups.ts";
import type { Libc } from "./libc.ts";

/** The smaller of the affinity mask's size and the cgroup's quota, rounded up; at least 1. */
export function processors(libc: Libc, files: SmallFiles): number {
  return Math.max(1, Math.min(affinity(libc), Math.ceil(quota(files))));
}

function affinity(libc: Libc): number {
  const mask = new Uint8Array(1024);
  if (libc.sched_getaffinity(0, mask.length, mask) < 0) return 1;
  let count = 0;
  for (const byte of mask) {
    for (let bits = byte; bits !== 0; bits &= bits - 1) count++;
  }
  return count;
}

/** The tightest quota of the groups of this process, in processors. */
function quota(files: SmallFiles): number {
  let tightest = Infinity;
  for (const folder of groupFolders(files, "cpu")) {
    const [limit, period] = files.read(`${folder}/cpu.max`)?.split(" ") ?? [
      files.read(`${folder}/cpu.cfs_quota_us`),
      files.read(`${folder}/cpu.cfs_period_us`),
    ];
    // "max" and -1 mean that there is none.
    if (Number(limit) > 0 && Number(period) > 0) {
      tightest = Math.min(tightest, Number(limit) / Number(period));
    }
  }
  return tightest;
}
