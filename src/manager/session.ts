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
}

/**
 * Performs a call and replies, now or when its promise has settled.
 *
 * @param perform Performs it.
 */
export function answer(
  self: Member,
  session: Session,
  call: number,
  perform: () => unknown,
): void {
  try {
    const result = perform();
    if (result instanceof Promise) {
      session.pending.add(call);
      result.then(
        (value) => settle(self, session, call, false, value),
        (error) => settle(self, session, call, true, error),
      );
    } else send(self, session, [call, false, result]);
  } catch (error) {
    send(self, session, [call, true, error]);
  } finally {
    freeReleased();
  }
}

/** The manager is ending: nobody waits for ever. */
export function abandon(self: Member, session: Session): void {
  for (const call of session.pending) {
    send(self, session, [call, true, new ClosedError("Cannot go on: the manager is closed")]);
  }
  session.pending.clear();
}

function settle(
  self: Member,
  session: Session,
  call: number,
  failed: boolean,
  value: unknown,
): void {
  if (!session.pending.delete(call)) return;
  send(self, session, [call, failed, value]);
  freeReleased();
}

/** What cannot be sent is an error, too; and of an error, what can be sent. */
function send(self: Member, session: Session, [call, failed, value]: Reply): void {
  if (call === 0) return failed ? console.error("Manager:", value) : undefined;
  try {
    session.reply([call, failed, value]);
  } catch (error) {
    const reason = failed ? value : error;
    session.reply([call, true, sendablePart(reason, (part) => canSend(self, part))]);
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
