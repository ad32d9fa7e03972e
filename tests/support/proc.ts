/**
 * What the kernel says about processes. Where there is no /proc every answer is empty: the checks
 * that stand on it then find nothing, and say so in tests/README.md.
 */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process as /proc shows it. */
export interface ProcessEntry {
  /** The process id. */
  pid: number;
  /** The process id of its parent. */
  parent: number;
  /** The group that it is in: the process id of who leads it. */
  group: number;
  /** The letter of its state: R, S, D, Z, T. */
  state: string;
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    // The process ended while we looked, or is somebody else's.
    return otherwise;
  }
}

/** One file of `/proc/<pid>`, empty if the process is gone. */
export function readProc(pid: number | "self", file: string): string {
  return attempt(() => readFileSync(`/proc/${pid}/${file}`, "utf8"), "");
}

/** Every process that we can see. */
export function processes(): ProcessEntry[] {
  const found: ProcessEntry[] = [];
  for (const name of attempt(() => readdirSync("/proc"), [])) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readProc(Number(name), "stat");
    // The name in parentheses may contain anything, spaces and parentheses included.
    const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === undefined || parent === undefined) continue;
    found.push({ pid: Number(name), parent: Number(parent), group: Number(group), state });
  }
  return found;
}

/** The children of a process, those included that ended and were not waited for. */
export function childrenOf(pid: number): ProcessEntry[] {
  return processes().filter((entry) => entry.parent === pid);
}

/** A process and everything below it, parents first. */
export function treeOf(pid: number): ProcessEntry[] {
  const all = processes();
  const found = all.filter((entry) => entry.pid === pid);
  for (const entry of found) found.push(...all.filter((other) => other.parent === entry.pid));
  return found;
}

/** How long a process has run on processors, in milliseconds; 0 if it is gone. */
export function processorTime(pid: number): number {
  const stat = readProc(pid, "stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // The kernel counts in hundredths of a second here, whatever it counts in within.
  return stat === "" ? 0 : (Number(fields[11]) + Number(fields[12])) * 10;
}

/** What each open descriptor of this process refers to, by descriptor. */
export function descriptors(): Map<number, string> {
  const found = new Map<number, string>();
  for (const fd of attempt(() => readdirSync("/proc/self/fd"), [])) {
    const target = attempt(() => readlinkSync(`/proc/self/fd/${fd}`), "");
    // The descriptor of this very listing is closed by now.
    if (target !== "" && !/^\/proc\/\d+\/fd$/.test(target)) found.set(Number(fd), target);
  }
  return found;
}

/** The mappings of our own heaps in this process; engines map memory of their own all the time. */
export function heapMappings(): string[] {
  return readProc("self", "maps").split("\n").filter((line) => line.includes("memfd:x-mp"));
}

/** Where a process is, thread by thread, as text for a report. */
export function describeProcess(pid: number): string {
  const command = readProc(pid, "cmdline").replaceAll("\0", " ").trim();
  const lines = [`  process ${pid}: ${command || "(gone, or a zombie)"}`];
  const threads = attempt(() => readdirSync(`/proc/${pid}/task`), []);
  for (const thread of threads) {
    const read = (file: string) => readProc(pid, `task/${thread}/${file}`).trim();
    const state = /State:\s+(.*)/.exec(read("status"))?.[1] ?? "?";
    const call = read("syscall").split(" ").slice(0, 4).join(" ");
    lines.push(`    thread ${thread} ${read("comm")}: ${state}, in ${read("wchan")}, call ${call}`);
  }
  return lines.join("\n");
}
