/**
 * Repair: what a process that was killed with a lock in its hand has left in a channel.
 *
 * A put or a take has either happened or not, by one word; what it had prepared or had not put away yet is
 * a segment or a parcel that lies inside the channel and that nothing in it names. It is found as a collector
 * finds garbage. Can be repeated by another if this one dies.
 */
import type { Place } from "../codec/parcel.ts";
import type { WordIndex } from "../memory/words.ts";
import { CHANNEL } from "./layout.ts";
import type { Party } from "./party.ts";
import { distance, validCopy } from "./position.ts";
import { hasParcel, isLink, Taken } from "./record.ts";

/** The segments and parcels of a channel whose two locks are held. */
export function liveIn({ words, guarded }: Party, at: WordIndex): Set<Place> {
  const live: Set<Place> = new Set();
  const tail = words.load(at + CHANNEL.tail);
  const head = words.load(at + CHANNEL.head);
  const end = guarded.get(at + CHANNEL.tailEnd + validCopy(tail));
  // A channel that its maker did not come to make has nothing.
  if (end === 0) return live;
  const spare = words.load(at + CHANNEL.spare);
  if (spare !== 0) live.add(spare);
  let record = guarded.get(at + CHANNEL.headAt + validCopy(head));
  const taken = new Taken();
  for (let rest = distance(tail, head); rest > 0;) {
    const header = guarded.get(record);
    if (isLink(header)) {
      live.add(guarded.get(record + 2));
      record = guarded.get(record + 1);
      continue;
    }
    taken.readHeader(header);
    guarded.read(record + 1, taken.body, taken.bodyWords);
    if (hasParcel(header)) {
      taken.readParcel();
      live.add(taken.place);
    }
    record += 1 + taken.bodyWords;
    rest -= taken.weight;
  }
  return live.add(guarded.get(end));
}

/** Frees what nothing in the channel names; both locks are held. */
export function freeGarbage(party: Party, at: WordIndex): void {
  const live = liveIn(party, at);
  const all = [...party.store.inside(at)];
  for (const place of all) if (!live.has(place)) party.store.free(place);
}
