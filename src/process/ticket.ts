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
  /** The parent's lifeline, if it has one; see `Platform.openLifeline()`. */
  readonly lifeline?: number;
  /** The name of the heap, if that has one. */
  readonly name?: string;
  /** The working directory of the child's code, if it is not the one that the child is started in. */
  readonly folder?: string;
}

const PREFIX = "--x-mp-child=";

/** Writes a ticket as a command-line argument. */
export function writeTicket(
  { parent, segment, owner, record, lifeline, name, folder }: Ticket,
): string {
  const texts = [name, folder].map((text) => encodeURIComponent(text ?? ""));
  return `${PREFIX}${[parent, segment, owner, record, lifeline, ...texts].join("/")}`;
}

/** Reads a ticket; `undefined` if the argument is none. */
export function readTicket(argument: string | undefined): Ticket | undefined {
  if (argument === undefined || !argument.startsWith(PREFIX)) return undefined;
  const parts = argument.slice(PREFIX.length).split("/");
  const [parent, segment, owner, record] = parts.map(Number);
  const lifeline = parts[4] === "" ? undefined : Number(parts[4]);
  const [name, folder] = parts.slice(5).map((text) => decodeURIComponent(text) || undefined);
  return { parent, segment, owner, record, lifeline, name, folder };
}

/**
 * The ticket of this process, if it is a child: its last argument, because a compiled program may have
 * arguments of its own in front of those that it is given.
 */
export function ownTicket(args: readonly string[]): Ticket | undefined {
  return readTicket(args.at(-1));
}
