/** What a child is asked to do. */
import type { FunctionReference } from "../functions/reference.ts";
import type { ProcessInfo } from "./current.ts";

/** The request of a child. */
export interface Request {
  /** Its name. */
  readonly name: string;
  /** Whether it ends with its parent's orderly end. */
  readonly daemon: boolean;
  /** The process that starts it. */
  readonly parent: ProcessInfo;
  /** What to run. */
  readonly work: Work;
}

/** What a child runs; with what travels beside the request, so that errors speak of `args[0]`. */
export type Work =
  /** Nothing. */
  | { readonly kind: "nothing" }
  /** Calls a function; the payload is its arguments. */
  | { readonly kind: "call"; readonly target: FunctionReference }
  /** Makes an instance of a subclass of Process, and calls its `run()`; the payload is its fields. */
  | { readonly kind: "run"; readonly target: FunctionReference };

/** What travels beside a request. */
export interface Payload {
  /** What it is called in the path of an error. */
  readonly root: string;
  /** What is sent. */
  readonly value: unknown;
}
