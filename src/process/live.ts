/** The life of a child: joins its parent's heap, takes the request, does the work, leaves the outcome. */
import { packParcel } from "../codec/parcel.ts";
import { explainError } from "../functions/explain.ts";
import { resolveClass, resolveFunction } from "../functions/resolve.ts";
import { joinTree, type Member } from "../parking/member.ts";
import { currentPlatform } from "../platform/current.ts";
import { currentRuntime } from "../runtime/current.ts";
import { becomeChild, lookup } from "./current.ts";
import { activeChildren, Process } from "./process.ts";
import { publishOutcome, RETURNED, takePayload, takeRequest, THREW } from "./record.ts";
import type { Request, Work } from "./request.ts";
import type { Ticket } from "./ticket.ts";

/** Lives as the child that a ticket describes; ends the process. */
export async function live(ticket: Ticket): Promise<void> {
  const runtime = currentRuntime();
  const platform = currentPlatform();
  platform.dieWithParent();
  // It may have died before that took effect.
  if (platform.parentPid() !== ticket.parent) runtime.exit(1);
  const self = joinTree(ticket.parent, ticket.segment, ticket.owner);
  const { name, daemon, parentPid, parentName, work } = takeRequest(self, ticket.record) as Request;
  becomeChild({ name, daemon }, { name: parentName, pid: parentPid, daemon: false });
  let failed = false;
  try {
    publish(self, ticket, RETURNED, await perform(self, ticket, work), "result");
  } catch (error) {
    failed = true;
    console.error(`Process ${name}:`, error);
    publishThrown(self, ticket, error);
  }
  await Promise.all(activeChildren().filter((child) => !child.daemon).map((child) => child.join()));
  if (failed) runtime.exit(1);
  else runtime.exit();
}

async function perform(self: Member, ticket: Ticket, work: Work): Promise<unknown> {
  const payload = takePayload(self, ticket.record);
  if (work.kind === "nothing") return undefined;
  if (work.kind === "run") {
    const target = await resolveClass(work.target, lookup);
    // The fields travelled; the subclass's constructor had its turn in the parent.
    const process = Reflect.construct(Process, [], target) as Process;
    return await Object.assign(process, payload).run();
  }
  const target = await resolveFunction(work.target, lookup);
  try {
    return await target(...payload as unknown[]);
  } catch (error) {
    throw explainError(error, target);
  }
}

function publish(
  self: Member,
  ticket: Ticket,
  phase: typeof RETURNED | typeof THREW,
  value: unknown,
  root: string,
): void {
  publishOutcome(self, ticket.record, phase, packParcel(self, value, root));
}

/** What was thrown, or, if that cannot be sent, what can be said of it. */
function publishThrown(self: Member, ticket: Ticket, thrown: unknown): void {
  try {
    publish(self, ticket, THREW, thrown, "error");
  } catch {
    const said = thrown instanceof Error ? thrown : new Error(String(thrown));
    const error = new Error(said.message);
    error.name = said.name;
    error.stack = said.stack;
    publish(self, ticket, THREW, error, "error");
  }
}
