/** Keeping and letting go of stored values. */
import { Sealed, type Stored } from "../../proxies/sealed.ts";

let departures: Sealed[] = [];

/** A value stays beyond the call that brought it. */
export function keep(stored: Stored): Stored {
  if (stored instanceof Sealed) stored.isKept = true;
  return stored;
}

/** A value is not kept any more; it may still be part of the reply. */
export function release(stored: Stored): Stored {
  if (stored instanceof Sealed && stored.objects.length > 0) departures.push(stored);
  return stored;
}

/** Frees what was released, after the reply has been written. */
export function freeReleased(): void {
  if (departures.length === 0) return;
  const all = departures;
  departures = [];
  for (const sealed of all) sealed.free();
}
