/**
 * A stand-in for `@std/async` where JSR cannot be reached, and on Bun and Node: the names and
 * signatures that the tests use.
 */

/** Settles like `p`, or rejects with the signal's reason, whichever comes first. */
export function abortable<T>(p: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([p, promise]).finally(() => signal.removeEventListener("abort", abort));
}

/** Options of {@linkcode deadline}. */
export interface DeadlineOptions {
  /** Ends the waiting early. */
  signal?: AbortSignal;
}

/** Settles like `p`, or rejects with a `TimeoutError` after `ms` milliseconds. */
export async function deadline<T>(
  p: Promise<T>,
  ms: number,
  { signal }: DeadlineOptions = {},
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException("Signal timed out.", "TimeoutError")),
    ms,
  );
  const signals = signal === undefined ? [controller.signal] : [signal, controller.signal];
  try {
    return await abortable(p, AbortSignal.any(signals));
  } finally {
    clearTimeout(timer);
  }
}

/** Options of {@linkcode delay}. */
export interface DelayOptions {
  /** Ends the delay early. */
  signal?: AbortSignal;
}

/** Resolves after `ms` milliseconds. */
export function delay(ms: number, { signal }: DelayOptions = {}): Promise<void> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const abort = () => reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  });
}
