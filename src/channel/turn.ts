/**
 * Turns of the event loop: a loop that awaits messages which are there already never lets timers and sockets
 * have their turn, for a promise that is resolved resumes before them.
 */

/** For how long messages are handed out before the event loop gets a turn, in ms. */
const TURN = 8;

/** After how many messages the clock is read. */
const MESSAGES = 128;

let messages = 0;
let turnEnds = 0;

/** A message is handed out at once: a turn to await before, if one is due. */
export function turnDue(): Promise<void> | undefined {
  if (++messages % MESSAGES !== 0) return undefined;
  const now = performance.now();
  if (now < turnEnds) return undefined;
  const isFirst = turnEnds === 0;
  turnEnds = now + TURN;
  return isFirst ? undefined : nextTurn();
}

/** The event loop has turned by itself, as a wait has ended. */
export function hasTurned(): void {
  turnEnds = 0;
}

/** Resolves after timers, sockets and messages have had their turn; sooner than a timer of 0 ms would. */
export function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };
  if (setImmediate !== undefined) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
