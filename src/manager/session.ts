/** Those who ask a manager. */
import { prepare } from "../codec/parcel.ts";
import { ClosedError } from "../errors.ts";
import type { Member } from "../parking/member.ts";
import { sendablePart } from "../process/sendable_error.ts";
import type { Reply } from "../proxies/messages.ts";
import { freeReleased } from "./hosted/storage.ts";

/** How replies reach somebody. */
export interface Session {
  /**
   * Sends a reply.
   *
   * @throws {SerializationError} if its value cannot be sent; nothing was said.
   */
  reply(reply: Reply): void;
  /** The calls whose replies somebody waits for. */
  readonly pending: Set<number>;
  /** Aborted when it has ended: nobody waits any more. */
  readonly ended: AbortSignal;
  /** Whether a value can be sent. */
  canSend(value: unknown): boolean;
}

let waiting = 0;

/** Whether some call has been begun and has not ended. */
export function isWaiting(): boolean {
  return waiting > 0;
}

/**
 * Performs a call and replies, now or when its promise has settled.
 *
 * @param perform Performs it.
 */
export function answer(
  session: Session,
  call: number,
  perform: () => unknown,
): void {
  try {
    const result = perform();
    if (result instanceof Promise) {
      session.pending.add(call);
      waiting++;
      result.finally(() => waiting--).then(
        (value) => settle(session, call, false, value),
        (error) => settle(session, call, true, error),
      );
    } else send(session, [call, false, result]);
  } catch (error) {
    send(session, [call, true, error]);
  } finally {
    freeReleased();
  }
}

/** The manager is ending: nobody waits for ever. */
export function abandon(session: Session): void {
  for (const call of session.pending) {
    send(session, [call, true, new ClosedError("Cannot go on: the manager is closed")]);
  }
  session.pending.clear();
}

function settle(
  session: Session,
  call: number,
  failed: boolean,
  value: unknown,
): void {
  if (!session.pending.delete(call)) return;
  send(session, [call, failed, value]);
  freeReleased();
}

/** What cannot be sent is an error, too; and of an error, what can be sent. */
function send(session: Session, [call, failed, value]: Reply): void {
  if (call === 0) return failed ? console.error("Manager:", value) : undefined;
  try {
    session.reply([call, failed, value]);
  } catch (error) {
    const reason = failed ? value : error;
    session.reply([call, true, sendablePart(reason, (part) => session.canSend(part))]);
  }
}

/** Whether a value can be sent within the tree. */
export function canSend(self: Member, value: unknown): boolean {
  try {
    prepare(self, value, "error").cargo.unload();
    return true;
  } catch {
    return false;
  }
}
