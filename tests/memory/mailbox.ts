/** A mailbox in which processes exchange what they have allocated. */
import type { WordIndex } from "../../src/memory/words.ts";
import { member } from "../../src/parking/member.ts";
import { MAILBOX } from "../fixtures/memory/churn.ts";
import { Patterns } from "../fixtures/memory/patterns.ts";

/** Makes an empty one that belongs to this process. */
export function makeMailbox(): WordIndex {
  const { heap: { words }, allocator: { cells } } = member();
  const mailbox = cells.allocate(4 * MAILBOX);
  for (let i = 0; i < MAILBOX; i++) words.store(mailbox + i, 0);
  return mailbox;
}

/** Frees what nobody has taken, which must be whole. */
export function emptyMailbox(mailbox: WordIndex): void {
  const { heap: { words }, allocator: { cells } } = member();
  const patterns = new Patterns(member());
  for (let i = 0; i < MAILBOX; i++) {
    const place = words.exchange(mailbox + i, 0);
    if (place !== 0) patterns.free(place);
  }
  cells.free(mailbox);
}
