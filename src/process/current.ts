/** What this process knows of itself. */
import type { Lookup, ModuleExports } from "../functions/importing.ts";
import { moduleUrl } from "../functions/location.ts";
import { provideLookup } from "../functions/lookup.ts";
import { currentPlatform } from "../platform/current.ts";
import { oneState } from "../runtime/one_state.ts";
import { currentRuntime } from "../runtime/current.ts";
import { isOneFile } from "./one_file.ts";
import { ownTicket } from "./ticket.ts";

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
  /** The working directory that this process began with, as far as that is known. */
  startFolder: string | undefined;
  /** Whether this child has gone to its own. */
  isThere: boolean;
}

const self: Self = oneState("process 2", () => ({
  name: "MainProcess",
  daemon: false,
  parent: null,
  children: 0,
  loaded: undefined,
  startFolder: tellFolder(),
  isThere: false,
}));

/**
 * This process: `MainProcess`, or what its parent called it.
 *
 * @example
 * ```ts
 * import { currentProcess } from "@x/mp";
 *
 * console.log(currentProcess().name); // MainProcess
 * ```
 */
export function currentProcess(): ProcessInfo {
  return { name: self.name, pid: currentRuntime().pid, daemon: self.daemon };
}

/**
 * The process that started this one, or `null` in the main process.
 *
 * @example
 * ```ts
 * import { parentProcess, Process } from "@x/mp";
 *
 * export function who(): string {
 *   return parentProcess()!.name;
 * }
 *
 * if (import.meta.main) {
 *   console.log(await new Process(who).start().result, parentProcess()); // MainProcess null
 * }
 * ```
 */
export function parentProcess(): ProcessInfo | null {
  return self.parent;
}

/**
 * Whether this is the process that the user started, and not a child.
 *
 * It answers what `import.meta.main` asks for runtimes that lack that.
 *
 * @example
 * ```ts
 * import { isMainProcess, Process } from "@x/mp";
 *
 * export function work(): void {
 *   console.log("in the child");
 * }
 *
 * if (isMainProcess()) await new Process(work).start().join();
 * ```
 */
export function isMainProcess(): boolean {
  return self.parent === null && !isComing();
}

/** Whether this is a child whose entry module has not had its turn yet: others may be loaded before. */
export function isComing(): boolean {
  return self.parent === null && ownTicket(currentRuntime().scriptArgs()) !== undefined;
}

/** Importing this package must not fail where it cannot be used. */
function tellFolder(): string | undefined {
  try {
    return currentRuntime().folder();
  } catch {
    return undefined;
  }
}

/** The working directory that this process began with; at the latest the one that it has at the first call. */
export function startFolder(): string {
  return self.startFolder ??= currentPlatform().workingDirectory();
}

/**
 * A child goes to where its code works. It was started in the folder that its flags mean, and all modules
 * that these name have been found.
 */
export function enterFolder(folder: string | undefined): void {
  if (folder === undefined || self.isThere) return;
  startFolder();
  self.isThere = true;
  if (!currentRuntime().enterFolder(folder)) currentPlatform().enterFolder(folder);
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
    // Whether it is one file is asked last: that asks the kernel.
    const isSelf = moduleUrl(runtime.mainModule()) === url && isOneFile();
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
