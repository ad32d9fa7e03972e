/**
 * Which participants touch which words: steps that nobody else can notice need not be interleaved.
 *
 * A step on a word that only its participant touches, and no invariant reads, and a look at a word that
 * nobody writes, can go before everything else. Which words those are is learned: the search believes it of every
 * word until it sees another participant about to touch it, and then begins again, wiser. The last of
 * these searches has seen nothing that speaks against what it believed, so it was right to.
 */

import type { Operation } from "./participant.ts";

/** What is known of the words. */
export class Footprints {
  /** Whether a step was taken ahead of others that should not have been. */
  stale = false;
  readonly #readers: Int32Array;
  readonly #writers: Int32Array;
  readonly #observed: Uint8Array;
  /** Who has gone ahead because of what was known of a word. */
  readonly #trusted: Int32Array;

  constructor(words: number) {
    this.#readers = new Int32Array(words);
    this.#writers = new Int32Array(words);
    this.#observed = new Uint8Array(words);
    this.#trusted = new Int32Array(words);
  }

  /** A participant is about to do an operation. */
  note(who: number, { verb, at }: Operation): void {
    if (!ofWords(verb)) return;
    if (verb === "load" || verb === "wait" || verb === "wake") this.#readers[at] |= 1 << who;
    else this.#writers[at] |= 1 << who;
    const trusted = this.#trusted[at];
    if (trusted === 0) return;
    const all = this.#readers[at] | this.#writers[at];
    const alone = trusted === all;
    if (!alone && this.#writers[at] !== 0) this.stale = true;
  }

  /** An invariant reads a word. */
  observe(at: number): void {
    if (this.#observed[at] === 1) return;
    this.#observed[at] = 1;
    if (this.#trusted[at] !== 0 && this.#writers[at] !== 0) this.stale = true;
  }

  /** Whether nobody else can notice when a participant does an operation. */
  isOwn(who: number, { verb, at }: Operation): boolean {
    if (!ofWords(verb) || verb === "wait" || verb === "wake") return false;
    if (verb === "load" && this.#writers[at] === 0) return true;
    const alone = (this.#readers[at] | this.#writers[at]) === 1 << who;
    return alone && (verb === "load" || this.#observed[at] === 0);
  }

  /** A participant goes ahead. */
  trust(who: number, { at }: Operation): void {
    this.#trusted[at] |= 1 << who;
  }

  /** Begins again with what was learned. */
  restart(): void {
    this.stale = false;
    this.#trusted.fill(0);
  }
}

function ofWords(verb: Operation["verb"]): boolean {
  return verb !== "ring" && verb !== "hear" && verb !== "alive" && verb !== "pause" &&
    verb !== "choose";
}
