/** What this process knows of itself. */
import type { Lookup, ModuleExports } from "../functions/importing.ts";
import { currentRuntime } from "../runtime/current.ts";

/** A process as others speak of it. */
export interface ProcessInfo {
  /** Its name. */
  readonly name: string;
  /** Its id. */
  readonly pid: number;
  /** Whether it ends with its parent's orderly end. */
  readonly daemon: boolean;
}

let name = "MainProcess";
let daemon = false;
let parent: ProcessInfo | null = null;
let children = 0;

/** This process: `MainProcess`, or what its parent called it. */
export function currentProcess(): ProcessInfo {
  return { name, pid: currentRuntime().pid, daemon };
}

/** The process that started this one, or `null` in the main process. */
export function parentProcess(): ProcessInfo | null {
  return parent;
}

/**
 * Whether this is the process that the user started, and not a child.
 *
 * It answers what `import.meta.main` asks for runtimes that lack that.
 */
export function isMainProcess(): boolean {
  return parent === null;
}

/** The entry module of a child says who it is. */
export function becomeChild(self: { name: string; daemon: boolean }, starter: ProcessInfo): void {
  name = self.name;
  daemon = self.daemon;
  parent = starter;
}

/** The next name for a child: `Process-1`, and in that one `Process-1:1`. */
export function nextChildName(): string {
  children++;
  return parent === null ? `Process-${children}` : `${name}:${children}`;
}

/** How functions are found in this process. */
export const lookup: Lookup = {
  import: (url: string): Promise<ModuleExports> => import(url),
};
