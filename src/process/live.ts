/** The life of a child: joins its parent's heap, takes the request, does the work, leaves the outcome. */
import "../channel/crossings.ts";
import { nextTurn } from "../channel/turn.ts";
import { prepare } from "../codec/parcel.ts";
import type { SerializationError } from "../errors.ts";
import { explainError } from "../functions/explain.ts";
import { resolveClass, resolveFunction } from "../functions/resolve.ts";
import { joinTree, type Member } from "../parking/member.ts";
import { currentPlatform } from "../platform/current.ts";
import { currentRuntime } from "../runtime/current.ts";
import "../map/crossings.ts";
import "../proxies/crossings.ts";
import "../shared/crossings.ts";
import { actionsArrived } from "../sync/action.ts";
import "../sync/crossings.ts";
import "../tasks/fate.ts";
import { becomeChild, enterFolder, lookup } from "./current.ts";
import { refusalIn } from "./guard.ts";
import { activeChildren, reviveProcess } from "./process.ts";
import {
  publishOutcome,
  RETURNED,
  takePayload,
  takeRequest,
  THREW,
  UNSENDABLE,
  type Unsendable,
} from "./record.ts";
import type { Request, Work } from "./request.ts";
import { sendablePart } from "./sendable_error.ts";
import type { Ticket } from "./ticket.ts";

/** How often to look at least, at 10 ms each, whether a parent is about to be gone. */
const ENDING = 30;

/** Lives as the child that a ticket describes; ends the process. */
export async function live(ticket: Ticket): Promise<void> {
  const runtime = currentRuntime();
  const { self, request } = await begin(ticket);
  const succeeded = await attempt(self, ticket, request);
  await Promise.all(activeChildren().filter((child) => !child.daemon).map((child) => child.join()));
  await runtime.flush((fd) => self.heap.platform.isDuplicated(fd));
  // Who waits still, for others that wait for it, is missed.
  if (succeeded && self.parking.pending === 0) self.table.leave(self.owner);
  if (succeeded) runtime.exit();
  else runtime.exit(1);
}

async function begin(ticket: Ticket): Promise<{ self: Member; request: Request }> {
  const platform = currentPlatform();
  const isOrphan = (): boolean => platform.parentPid() !== ticket.parent;
  platform.dieWithParent(ticket.parent, ticket.lifeline);
  currentRuntime().endBy((code) => platform.exitAtOnce(code));
  currentRuntime().endByRejections();
  // It may have died before that took effect.
  if (isOrphan()) currentRuntime().exit(1);
  try {
    const self = joinTree(ticket.parent, ticket.segment, ticket.owner, ticket.name);
    const request = takeRequest(self, ticket.record);
    becomeChild(request, request.parent);
    enterFolder(ticket.folder);
    return { self, request };
  } catch (error) {
    // Who is killed as its parent is does not say anything, either. One that is just ending has closed its
    // descriptors, and is the parent until all its threads have ended, which a busy machine may take its time for.
    for (let i = 0; !isOrphan() && (i < ENDING || platform.isEnding(ticket.parent)); i++) {
      await new Promise((go) => setTimeout(go, 10));
    }
    if (isOrphan()) currentRuntime().exit(1);
    throw error;
  }
}

/** Runs the target and says how it ended; returns whether it ended well. */
async function attempt(self: Member, { record }: Ticket, request: Request): Promise<boolean> {
  const report = (error: unknown): void => print(`Process ${request.name}:`, error);
  let value: unknown;
  try {
    value = await perform(async () => {
      const payload = takePayload(self, record);
      await actionsArrived();
      return payload;
    }, request.work);
    // A rejection that nobody handles ends a program when its promises have had their turn.
    if (request.work.kind !== "nothing") await nextTurn();
  } catch (error) {
    const thrown = refusalIn(error) ?? error;
    report(thrown);
    publishThrown(self, record, thrown);
    return false;
  }
  try {
    publishOutcome(self, record, RETURNED, value, "result");
    return true;
  } catch (error) {
    report(error);
    const { name, message, path } = error as SerializationError;
    const why: Unsendable = { name, message, path };
    publishOutcome(self, record, UNSENDABLE, why, "error");
    return false;
  }
}

/** Prints an error, if there is still somewhere to print it, and it can be looked at. */
function print(who: string, error: unknown): void {
  try {
    console.error(who, error);
  } catch {
    // The parent is told all the same.
  }
}

/** The payload is taken after the target is found: what it mentions, the target's module may make known. */
async function perform(payload: () => Promise<unknown>, work: Work): Promise<unknown> {
  if (work.kind === "nothing") return undefined;
  if (work.kind === "run") {
    const subclass = await resolveClass(work.target, lookup);
    return await reviveProcess(subclass, await payload() as object).run();
  }
  const target = await resolveFunction(work.target, lookup);
  const args = await payload() as unknown[];
  try {
    return await target(...args);
  } catch (error) {
    throw explainError(error, target);
  }
}

/** What was thrown, or, if that cannot be sent, what of it can. */
function publishThrown(self: Member, record: number, thrown: unknown): void {
  try {
    publishOutcome(self, record, THREW, thrown, "error");
  } catch {
    const part = sendablePart(thrown, (value) => canSend(self, value));
    publishOutcome(self, record, THREW, part, "error");
  }
}

function canSend(self: Member, value: unknown): boolean {
  try {
    prepare(self, value, "error").cargo.unload();
    return true;
  } catch {
    return false;
  }
}
