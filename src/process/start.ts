/** Starting a child: what it is to do goes into the heap, where that is goes onto its command line. */
import { freeParcel, packParcel } from "../codec/parcel.ts";
import type { OwnerId } from "../memory/owner_id.ts";
import { member } from "../parking/member.ts";
import { currentRuntime } from "../runtime/current.ts";
import type { Child } from "../runtime/port.ts";
import type { ProcessOptions } from "./process.ts";
import { makeRecord, type Outcome, takeOutcome } from "./record.ts";
import type { Payload, Request } from "./request.ts";
import { writeTicket } from "./ticket.ts";

/** A child that was started. */
export interface StartedChild {
  /** The process as the runtime sees it. */
  readonly child: Child;
  /** The process in shared words. */
  readonly owner: OwnerId;
  /** Takes what came of it, once, after it has ended. */
  takeOutcome(): Outcome;
  /** Gives back what it held, after it has ended. */
  recover(): void;
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
  const { heap, owner, table, allocator, recovery, parking } = self;
  parking.sweepIfDue();
  const parcel = packParcel(self, payload.value, payload.root);
  const order = packParcel(self, request, "request");
  const record = makeRecord(self, order, parcel);
  const childOwner = table.reserve(owner);
  const runtime = currentRuntime();
  const { platform } = heap;
  const ticket = writeTicket({
    parent: runtime.pid,
    segment: heap.segment,
    owner: childOwner,
    record,
  });
  try {
    const child = runtime.spawn({
      program: platform.program(),
      // A compiled program has no other module to run than itself.
      args: runtime.standalone ? [ticket] : runtime.launchArgs({
        commandLine: platform.commandLine(),
        entry: new URL("./child.ts", import.meta.url).href,
        ticket,
        cwd: platform.workingDirectory(),
        exists: (path) => platform.exists(path),
      }),
      env: environment(options.env),
      cwd: options.cwd,
      stdin: options.stdin ?? "null",
      stdout: options.stdout ?? "inherit",
      stderr: options.stderr ?? "inherit",
    });
    return {
      child,
      owner: childOwner,
      takeOutcome: () => takeOutcome(self, record),
      recover: () => recovery.recoverSurely(childOwner),
    };
  } catch (error) {
    freeParcel(self, order);
    freeParcel(self, parcel);
    allocator.cells.free(record);
    recovery.recoverSurely(childOwner);
    throw error;
  }
}

function environment(
  changes: ProcessOptions["env"],
): Record<string, string> | undefined {
  if (changes === undefined) return undefined;
  const whole: Record<string, string> = currentRuntime().env();
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete whole[name];
    else whole[name] = value;
  }
  return whole;
}
