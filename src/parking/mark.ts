/** The mark in a word that somebody may sleep on: see W2 and K1 in this folder's README.md. */
import type { WordIndex, WordMemory } from "../memory/words.ts";

/**
 * Makes sure that a word bears a mark.
 *
 * @param seen What the word was when it was looked at.
 * @param mark The bits of the mark.
 * @returns The word with the mark; `undefined` if it has changed since it was looked at.
 */
export function setMark(
  words: Pick<WordMemory, "compareExchange">,
  at: WordIndex,
  seen: number,
  mark: number,
): number | undefined {
  const marked = seen | mark;
  if (seen === marked || words.compareExchange(at, seen, marked) === seen) return marked;
  return undefined;
}
