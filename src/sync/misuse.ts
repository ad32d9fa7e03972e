/** The errors of wrong use, alike for all primitives. */
import { ClosedError, LockError } from "../errors.ts";

/** A handle that was disposed of is used. */
export function disposedError(act: string, what: string): ClosedError {
  return new ClosedError(`Cannot ${act} ${what}: it was disposed of in this process`);
}

/** A handle is disposed of while waits of this process for it are pending. */
export function refuseWhileWaiting(what: string, pending: number): void {
  if (pending > 0) throw inUseError(what, `${pending} waits of this process are pending`);
}

/** A handle is disposed of that is needed. */
export function inUseError(what: string, why: string): LockError {
  return new LockError(`Cannot dispose of ${what}: ${why}`);
}
