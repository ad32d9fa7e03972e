/** Those who ask a manager. */
import { ClosedError } from "../errors.ts";
import { sendablePart } from "../process/sendable_error.ts";
import type { Reply } from "../proxies/messages.ts";
import { Entry } from "./host.ts";
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
  /**
   * Tries whether a value can be sent.
   *
   * @param root What it is called in the path of an error.
   * @throws {SerializationError} if not.
   */
  check(value: unknown, root: string): void;
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
    const reason = failed ? value : unsendable(session, value) ?? error;
    const canSend = (part: unknown): boolean => whyNot(session, part, "error") === undefined;
    session.reply([call, true, sendablePart(reason, canSend)]);
  }
}

/** Why a result cannot be sent: told of the result itself, which in a reply is one of three. */
function unsendable(session: Session, result: unknown): unknown {
  return result instanceof Entry ? undefined : whyNot(session, result, "result");
}

function whyNot(session: Session, value: unknown, root: string): unknown {
  try {
    session.check(value, root);
  } catch (error) {
    return error;
  }
}
