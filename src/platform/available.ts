/** How much memory the machine can still give. */
import type { SmallFiles } from "./files.ts";

/**
 * The smaller of the machine's available memory and what the tightest cgroup leaves, in bytes.
 *
 * `fallocate` on shared memory knows no limit of its own: asked for more than there is, it takes page
 * after page until the kernel kills somebody, so it must not be asked.
 */
export function availableMemory(files: SmallFiles): number {
  return Math.min(machine(files), group(files));
}

function machine(files: SmallFiles): number {
  const text = files.read("/proc/meminfo");
  if (text === undefined) return Infinity;
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  return (kibibytes("MemAvailable") + kibibytes("SwapFree")) * 1024;
}

function group(files: SmallFiles): number {
  const groups = files.read("/proc/self/cgroup") ?? "";
  let path = groups.split("\n").find((line) => line.startsWith("0::"))?.slice(3) ?? "/";
  let least = Infinity;
  for (;;) {
    const folder = `/sys/fs/cgroup${path === "/" ? "" : path}`;
    const limit = Number(files.read(`${folder}/memory.max`) ?? Infinity);
    if (Number.isFinite(limit)) {
      least = Math.min(least, limit - Number(files.read(`${folder}/memory.current`) ?? 0));
    }
    if (path === "/" || path === "") return least;
    path = path.slice(0, path.lastIndexOf("/")) || "/";
  }
}
