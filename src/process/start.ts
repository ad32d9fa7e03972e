/** Starting a child: what it is to do goes into the heap, where that is goes onto its command line. */
import { moduleUrl } from "../functions/location.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import { type Member, member } from "../parking/member.ts";
import { currentRuntime } from "../runtime/current.ts";
import type { Child, ExitStatus } from "../runtime/port.ts";
import type { Platform } from "../platform/port.ts";
import { startFailure } from "../runtime/start_failure.ts";
import { mainModule, startFolder } from "./current.ts";
import { assertCanBeChild, CHILD_ENTRY, isOneFile } from "./one_file.ts";
import type { ProcessOptions } from "./process.ts";
import { specifierOf } from "../runtime/jsr.ts";
import { makeRecord, type Outcome, takeOutcome } from "./record.ts";
import type { Payload, Request } from "./request.ts";
import { writeTicket } from "./ticket.ts";

/** Where children of this process hold on, from the first on. */
let lifeline: { readonly fd: number | undefined } | undefined;

/** A child that was started. */
export interface StartedChild {
  /** The process as the runtime sees it. */
  readonly child: Child;
  /** The process in shared words. */
  readonly owner: OwnerId;
  /** Takes what came of it, once, after it has ended. */
  takeOutcome(): Outcome;
  /** Tells all how it ended, and gives back what it held. */
  recover(status: ExitStatus): void;
}

/** The options that concern the operating system. */
export type StartOptions = Pick<ProcessOptions, "cwd" | "env" | "stdin" | "stdout" | "stderr">;

/**
 * Starts a child for a request.
 *
 * @throws {SerializationError} if the payload cannot be sent; nothing is left behind.
 */
export function startChild(
  request: Request,
  payload: Payload,
  options: StartOptions,
): StartedChild {
  const self = member();
  const { table, allocator, recovery, parking } = self;
  parking.sweepIfDue();
  const owner = table.reserve(self.owner);
  let record: WordIndex | undefined;
  try {
    const made = record = makeRecord(self, owner, request, payload);
    const child = spawn(self, request, options, owner, record);
    return {
      child,
      owner,
      takeOutcome: () => takeOutcome(self, made),
      recover({ code }) {
        table.noteEnd(owner, child.pid, code);
        recovery.recoverSurely(owner);
        parking.forgetTheGone();
      },
    };
  } catch (error) {
    if (record !== undefined) allocator.cells.free(record);
    recovery.recoverSurely(owner);
    throw error;
  }
}

function spawn(
  { heap: { platform, segment } }: Member,
  { work }: Request,
  options: StartOptions,
  owner: OwnerId,
  record: WordIndex,
): Child {
  const runtime = currentRuntime();
  const oneFile = isOneFile();
  if (oneFile) assertCanBeChild();
  const program = platform.program();
  const { cwd, folder } = folders(platform, program, options.cwd, runtime.standalone);
  const ticket = writeTicket({
    parent: runtime.pid,
    segment,
    owner,
    record,
    lifeline: (lifeline ??= { fd: platform.openLifeline() }).fd,
    name: platform.segmentName(segment),
    folder,
  });
  return runtime.spawn({
    program,
    // A compiled program has no other module to run than itself.
    args: runtime.standalone ? [ticket] : runtime.launchArgs({
      commandLine: platform.commandLine(),
      entry: oneFile ? moduleUrl(runtime.mainModule())! : specifierOf(CHILD_ENTRY),
      ticket,
      cwd: cwd ?? platform.workingDirectory(),
      exists: (path) => platform.exists(path),
      modules: oneFile || work.kind === "nothing" ? [] : modulesFor(work.target.urls),
    }),
    env: environment(options.env),
    cwd,
    stdin: options.stdin ?? "null",
    stdout: options.stdout ?? "inherit",
    stderr: options.stderr ?? "inherit",
  });
}

/**
 * Where a child is started, and where it goes then. It begins where the first process of its tree began: what
 * the flags of the runtime name there, as in `--import ./x.ts` or `--allow-read=data`, it finds there only.
 */
function folders(
  platform: Platform,
  program: string,
  wanted: string | undefined,
  standalone: boolean,
): { cwd?: string; folder?: string } {
  if (standalone) return { cwd: wanted };
  const current = platform.workingDirectory();
  const start = startFolder();
  const folder = wanted === undefined || wanted.startsWith("/") ? wanted : `${current}/${wanted}`;
  if (folder !== undefined) {
    const problem = platform.folderProblem(folder);
    if (problem !== undefined) throw startFailure({ program, cwd: wanted }, undefined, problem);
  } else if (!platform.exists(current)) {
    // Runtimes do not begin in a folder that was deleted, and say little of why.
    throw startFailure({ program, cwd: current }, undefined, "ENOENT");
  }
  if (start === current) return { folder };
  // It may have been deleted meanwhile.
  return platform.exists(start) ? { cwd: start, folder: folder ?? current } : { cwd: folder };
}

/** The modules in which the child may look for functions. */
function modulesFor(urls: readonly string[]): string[] {
  const main = mainModule();
  const modules = main === undefined ? urls : [...urls, main];
  const prelude = new URL("./prelude.ts", import.meta.url).href;
  return [...new Set([prelude, ...modules])].map(specifierOf);
}

function environment(
  changes: ProcessOptions["env"],
): Record<string, string> | undefined {
  if (changes === undefined) return undefined;
  const whole: Record<string, string> = currentRuntime().env();
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete whole[name];
    else if (typeof value === "string") whole[name] = value;
    else {
      throw new TypeError(
        `Cannot start a process: ${name} in env must be a string, got ${typeof value}`,
      );
    }
  }
  return whole;
}
