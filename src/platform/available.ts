/** How much memory the machine can still give. */
import type { SmallFiles } from "./files.ts";
import { groupFolders } from "./groups.ts";

/**
 * The smaller of the machine's available memory and what the tightest cgroup leaves, in bytes.
 *
 * `fallocate` on shared memory knows no limit of its own: asked for more than there is, it takes page
 * after page until the kernel kills somebody, so it must not be asked.
 */
export function availableMemory(files: SmallFiles): number {
  const groups = groupFolders(files, "memory").map((folder) => leftInGroup(files, folder));
  return Math.max(0, Math.min(machine(files), ...groups));
}

function machine(files: SmallFiles): number {
  const text = files.read("/proc/meminfo");
  if (text === undefined) return Infinity;
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  return (kibibytes("MemAvailable") + kibibytes("SwapFree")) * 1024;
}

function leftInGroup(files: SmallFiles, folder: string): number {
  const number = (name: string, oldName: string): number =>
    Number(files.read(`${folder}/${name}`) ?? files.read(`${folder}/${oldName}`) ?? NaN);
  const limit = number("memory.max", "memory.limit_in_bytes");
  // "max" means that there is none.
  if (Number.isNaN(limit)) return Infinity;
  const used = number("memory.current", "memory.usage_in_bytes");
  // What is used counts the cache of files, whose idle part the kernel takes back when it must.
  const counts = files.read(`${folder}/memory.stat`) ?? "";
  const idle = Number(/^inactive_file (\d+)/m.exec(counts)?.[1] ?? 0);
  return Number.isNaN(used) ? limit : limit - used + idle;
}
