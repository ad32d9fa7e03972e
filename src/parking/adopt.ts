/** How an object of a class begins: by making a shared object, or as the handle of one that was received. */
import type { WordIndex } from "../memory/words.ts";
import { type Member, member } from "./member.ts";

let received: WordIndex = 0;

/** Makes a handle of a shared object; `construct` calls the constructor as a user would. */
export function adopt<T>(at: WordIndex, construct: () => T): T {
  received = at;
  try {
    return construct();
  } finally {
    received = 0;
  }
}

/**
 * What the constructor of a class calls first whose objects are not made by it.
 *
 * @param refusal What is thrown at a user who calls the constructor.
 */
export function claimReceived(
  refusal: string,
): { readonly member: Member; readonly at: WordIndex } {
  if (received === 0) throw new TypeError(refusal);
  return { member: member(), at: received };
}

/** Where a new handle's object is. */
export interface Claim {
  /** This process. */
  readonly member: Member;
  /** The object. */
  readonly at: WordIndex;
  /** Whether this handle has made it, and must give its words their first values. */
  readonly isNew: boolean;
}

/**
 * What a constructor calls first.
 *
 * @param words How many words an object of this kind has.
 * @throws {OutOfMemoryError} if there is no room.
 */
export function claim(kind: number, words: number, handle: object): Claim {
  const at = received;
  const self = member();
  if (at !== 0) return { member: self, at, isNew: false };
  const made = self.holdings.create(kind, words);
  self.handles.get(made, () => handle);
  return { member: self, at: made, isNew: true };
}
