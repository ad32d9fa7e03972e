/** The control groups of this process: limits of their own that a container's processes live under. */
import type { SmallFiles } from "./files.ts";

/**
 * The folders of this process's groups for a controller, from its own up to the root: those of
 * cgroup 2, then those of cgroup 1. Not every folder need be there: a container sees only its own.
 */
export function groupFolders(files: SmallFiles, controller: "cpu" | "memory"): string[] {
  const folders: string[] = [];
  for (const line of (files.read("/proc/self/cgroup") ?? "").split("\n")) {
    const [number, controllers, ...rest] = line.split(":");
    const path = rest.join(":");
    if (number === "0") folders.unshift(...upwards("/sys/fs/cgroup", path));
    else if (controllers?.split(",").includes(controller)) {
      folders.push(...upwards(`/sys/fs/cgroup/${controllers}`, path));
      if (controllers !== controller) {
        folders.push(...upwards(`/sys/fs/cgroup/${controller}`, path));
      }
    }
  }
  return folders;
}

function upwards(mount: string, path: string): string[] {
  const folders = [mount];
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
    if (at > 0) folders.unshift(mount + path.slice(0, at));
  }
  if (path.length > 1) folders.unshift(mount + path);
  return folders;
}
