/** A process as one of those who submit to a pool. */
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { BY_WORKER, SUBMITTER } from "../tasks/layout.ts";
import { enrol } from "../tasks/submitters.ts";
import type { Order } from "./order.ts";

/** Who submits: the process that made the pool, one of its workers, or another. */
export type Role = "maker" | "worker" | "guest";

/** What a submitter tells its process, and what it asks of it. */
export interface SubmitterEvents {
  /** An order was given. */
  submitted?(): void;
  /** The pool has ended, and not by this process: nothing will settle any more. */
  lost?(): void;
  /** Ends the worker that goes by this name in shared words. */
  kill?(worker: OwnerId): void;
  /** Looks whether workers have died, for an owner whose event loop does not turn. */
  inspect?(): void;
  /** Runs a task of this submitter's own on this thread, which waits for it; false if somebody has begun it. */
  help?(order: Order): boolean;
}

/** Who submits, to what, and from where. */
export interface Enrolment {
  /** This process. */
  readonly member: Member;
  /** The control block of the pool. */
  readonly pool: WordIndex;
  /** The block that it submits from. */
  readonly block: WordIndex;
  /** What it is to the pool. */
  readonly role: Role;
  /** What it is told. */
  readonly events: SubmitterEvents;
}

/**
 * Takes a block to submit from.
 *
 * @throws {OutOfMemoryError} if there is no room.
 */
export function enrolAs(
  role: Role,
  member: Member,
  pool: WordIndex,
  events: SubmitterEvents,
): Enrolment {
  const block = enrol(member, pool);
  member.heap.words.store(block + SUBMITTER.role, role === "worker" ? BY_WORKER : 0);
  return { member, pool, block, role, events };
}
