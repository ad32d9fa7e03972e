/** What a child finds on its command line: where its parent's heap is, and what to do there. */
import type { OwnerId } from "../memory/owner_id.ts";
import type { WordIndex } from "../memory/words.ts";

/** Where a child begins. */
export interface Ticket {
  /** The parent's process id. */
  readonly parent: number;
  /** The parent's descriptor of the heap. */
  readonly segment: number;
  /** The owner id that the parent has set aside. */
  readonly owner: OwnerId;
  /** The record of the new process; see `record.ts`. */
  readonly record: WordIndex;
}

const PREFIX = "--x-mp-child=";

/** Writes a ticket as a command-line argument. */
export function writeTicket({ parent, segment, owner, record }: Ticket): string {
  return `${PREFIX}${parent}.${segment}.${owner}.${record}`;
}

/** Reads a ticket; `undefined` if the argument is none. */
export function readTicket(argument: string | undefined): Ticket | undefined {
  if (argument === undefined || !argument.startsWith(PREFIX)) return undefined;
  const [parent, segment, owner, record] = argument.slice(PREFIX.length).split(".").map(Number);
  return { parent, segment, owner, record };
}
