/** From what a child left behind to what its parent is told. */
import {
  ClosedError,
  OutOfMemoryError,
  ProcessDiedError,
  RemoteError,
  SerializationError,
} from "../errors.ts";
import type { ExitStatus } from "../runtime/port.ts";
import type { Unsendable } from "./record.ts";
import type { StartedChild } from "./start.ts";

/** A child that has ended. */
export interface Ended {
  /** Its name. */
  readonly name: string;
  /** Its process id. */
  readonly pid: number;
  /** How it ended. */
  readonly status: ExitStatus;
  /** What it was to do, in words. */
  readonly task: string | undefined;
}

/** How a result is settled. */
export interface Settler {
  /** With a value. */
  resolve(value: never): void;
  /** With an error. */
  reject(error: unknown): void;
}

/** Settles the result of a child that has ended, and gives back what it held. */
export function settleWith(
  result: Settler,
  child: StartedChild,
  { name, pid, status, task }: Ended,
): void {
  try {
    const { state, value } = { value: undefined, ...child.takeOutcome() };
    if (state === "returned") result.resolve(value as never);
    else if (state === "threw") result.reject(new RemoteError(value, { pid, processName: name }));
    else if (state === "unsendable") result.reject(unsendable(value as Unsendable));
    else result.reject(died(name, pid, status, task));
  } catch (error) {
    result.reject(
      new SerializationError(`Cannot receive the result of "${name}"`, "result", { cause: error }),
    );
  }
  try {
    child.recover(status);
  } catch {
    // Who looks for the dead next tries again.
  }
}

/** Why a process object cannot be used. */
export function closed(act: string, name: string): ClosedError {
  return new ClosedError(`Cannot ${act} "${name}": the process object is closed`);
}

/** How a process ended, as far as that is known: `was killed by SIGKILL`. */
export function endingInWords(exitCode: number | null, signal: string | null): string {
  if (signal !== null) return `was killed by ${signal}`;
  return exitCode === null ? "ended" : `exited with code ${exitCode}`;
}

function unsendable({ name, message, path }: Unsendable): Error {
  return name === "OutOfMemoryError"
    ? new OutOfMemoryError(message)
    : new SerializationError(message, path);
}

function died(
  name: string,
  pid: number,
  { code, signal }: ExitStatus,
  task: string | undefined,
): ProcessDiedError {
  const ended = endingInWords(code, signal);
  return new ProcessDiedError(
    `Cannot have the result of "${name}": process ${pid} ${ended} before its target had returned`,
    { pid, exitCode: code, signal, task },
  );
}
