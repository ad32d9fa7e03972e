/**
 * The main code of an imported module, told from everything else that runs in the process.
 *
 * `main()` at the end of a module, not awaited, goes on long after the import has ended. An asynchronous
 * context knows it again: what was set going in one stays in it, also behind an `await` and in timers.
 */
import { oneState } from "./one_state.ts";

interface AsyncContext {
  run<R>(mark: true, body: () => R): R;
  getStore(): true | undefined;
}

/** The part of `node:async_hooks` that is used here; all three runtimes have it. */
export interface AsyncHooks {
  /** A variable that belongs to an asynchronous context. */
  readonly AsyncLocalStorage: new () => AsyncContext;
}

const marked: { context: AsyncContext | undefined } = oneState("main code 1", () => ({
  context: undefined,
}));

/** Runs what evaluates a module. */
export function asMainCode<R>({ AsyncLocalStorage }: AsyncHooks, evaluate: () => R): R {
  marked.context ??= new AsyncLocalStorage();
  return marked.context.run(true, evaluate);
}

/** Whether this is called by the main code of a module that {@linkcode asMainCode} has evaluated. */
export function inMainCode(): boolean {
  return marked.context?.getStore() === true;
}
