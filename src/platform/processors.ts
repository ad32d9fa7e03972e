/** How many processors this process may use. */
import type { SmallFiles } from "./files.ts";
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

/** The tightest `cpu.max` on the way up from this process's group, in processors (cgroup 2, then 1). */
function quota(files: SmallFiles): number {
  const groups = files.read("/proc/self/cgroup") ?? "";
  let path = groups.split("\n").find((line) => line.startsWith("0::"))?.slice(3) ?? "/";
  let tightest = Infinity;
  for (;;) {
    const folder = `/sys/fs/cgroup${path === "/" ? "" : path}`;
    const [limit, period] = (files.read(`${folder}/cpu.max`) ?? "max 1").split(" ").map(Number);
    if (limit > 0 && period > 0) tightest = Math.min(tightest, limit / period);
    if (path === "/" || path === "") break;
    path = path.slice(0, path.lastIndexOf("/")) || "/";
  }
  const old = Number(files.read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") ?? -1);
  const oldPeriod = Number(files.read("/sys/fs/cgroup/cpu/cpu.cfs_period_us") ?? 0);
  return old > 0 && oldPeriod > 0 ? Math.min(tightest, old / oldPeriod) : tightest;
}
