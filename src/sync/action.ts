/** What one party of a barrier does before all pass, in the process that made the barrier and in others. */
import { describeFunction } from "../functions/describe.ts";
import { currentLookup } from "../functions/lookup.ts";
import type { FunctionReference } from "../functions/reference.ts";
import { resolveFunction } from "../functions/resolve.ts";

/** What a user gives. */
export type ActionFunction = () => unknown;

const arriving: Set<Promise<unknown>> = new Set();

/** An action. */
export interface Action {
  /** How another process finds it. */
  readonly reference: () => FunctionReference;
  /** The function, as soon as it is known. */
  readonly known: () => ActionFunction | undefined;
  /** The same, waited for. */
  readonly arrived: () => Promise<ActionFunction>;
}

/** The action in the process that gave it. */
export function actionOf(fn: ActionFunction): Action {
  // Now, while those are on the stack that may export it; whether it can be sent matters when it is.
  let described: FunctionReference | undefined;
  let failure: unknown;
  try {
    described = describeFunction(fn);
  } catch (error) {
    failure = error;
  }
  return {
    reference: () => {
      if (described === undefined) throw failure;
      return described;
    },
    known: () => fn,
    arrived: () => Promise.resolve(fn),
  };
}

/** The action in a process that has received the barrier; looked for from now on. */
export function receivedAction(reference: FunctionReference): Action {
  let known: ActionFunction | undefined;
  const arrival = resolveFunction(reference, currentLookup()).then((fn) => {
    return known = fn as unknown as ActionFunction;
  });
  arriving.add(arrival);
  const forget = () => void arriving.delete(arrival);
  arrival.then(forget, forget);
  return { reference: () => reference, known: () => known, arrived: () => arrival };
}

/** Waits until all actions are known, or known to be nowhere, that came with what this process received. */
export async function actionsArrived(): Promise<void> {
  while (arriving.size > 0) await Promise.allSettled(arriving);
}
