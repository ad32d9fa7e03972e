/** What this process knows of itself. */
import type { Lookup, ModuleExports } from "../functions/importing.ts";
import { moduleUrl } from "../functions/location.ts";
import { provideLookup } from "../functions/lookup.ts";
import { oneState } from "../runtime/one_state.ts";
import { currentRuntime } from "../runtime/current.ts";
import { isOneFile } from "./one_file.ts";
import { readTicket } from "./ticket.ts";

/** A process as others speak of it. */
export interface ProcessInfo {
  /** Its name. */
  readonly name: string;
  /** Its id. */
  readonly pid: number;
  /** Whether it ends with its parent's orderly end. */
  readonly daemon: boolean;
}

interface Self {
  name: string;
  daemon: boolean;
  parent: ProcessInfo | null;
  children: number;
  loaded: (() => Iterable<string>) | undefined;
}

const self: Self = oneState("process 1", () => ({
  name: "MainProcess",
  daemon: false,
  parent: null,
  children: 0,
  loaded: undefined,
}));

/** This process: `MainProcess`, or what its parent called it. */
export function currentProcess(): ProcessInfo {
  return { name: self.name, pid: currentRuntime().pid, daemon: self.daemon };
}

/** The process that started this one, or `null` in the main process. */
export function parentProcess(): ProcessInfo | null {
  return self.parent;
}

/**
 * Whether this is the process that the user started, and not a child.
 *
 * It answers what `import.meta.main` asks for runtimes that lack that.
 */
export function isMainProcess(): boolean {
  return self.parent === null && !isComing();
}

/** Whether this is a child whose entry module has not had its turn yet: others may be loaded before. */
export function isComing(): boolean {
  return self.parent === null && readTicket(currentRuntime().scriptArgs()[0]) !== undefined;
}

/** Begins to note which modules are loaded, unless that has begun. */
export function watchLoading(): void {
  self.loaded ??= currentRuntime().watchModules();
}

/** The entry module of a child says who it is, before it imports anything of the user's. */
export function becomeChild(
  { name, daemon }: { name: string; daemon: boolean },
  parent: ProcessInfo,
): void {
  Object.assign(self, { name, daemon, parent });
  currentRuntime().withoutTests();
}

/** The next name for a child: `Process-1`, and in that one `Process-1:1`. */
export function nextChildName(): string {
  self.children++;
  return self.parent === null ? `Process-${self.children}` : `${self.name}:${self.children}`;
}

/** How functions are found in this process. */
export const lookup: Lookup = {
  import(url: string): Promise<ModuleExports> {
    const runtime = currentRuntime();
    // Not before something is imported: it takes Deno as long as its own start.
    watchLoading();
    // A program in one file is importing its main module as long as this call lasts.
    const isSelf = isOneFile() && moduleUrl(runtime.mainModule()) === url;
    return isSelf ? Promise.resolve({}) : runtime.importModule(url);
  },
  loaded: (): Iterable<string> => self.loaded?.() ?? [],
};

provideLookup(lookup);

/** The program's main module: where functions are looked for last. */
export function mainModule(): string | undefined {
  if (self.parent !== null) return undefined;
  // Asked for by every call of a pool, and a URL takes a microsecond to read.
  main ??= { url: moduleUrl(currentRuntime().mainModule()) };
  return main.url;
}

let main: { readonly url: string | undefined } | undefined;
