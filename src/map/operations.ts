/** The operations of a map, on whatever keys and values; `shared_map.ts` gives them their names. */
import { decode } from "../codec/decode.ts";
import type { WordIndex } from "../memory/words.ts";
import type { Member } from "../parking/member.ts";
import { Copy } from "./copy.ts";
import { Draft } from "./draft.ts";
import type { Entries } from "./entries.ts";
import { Key } from "./key.ts";
import { MAP, stripeAt, STRIPES } from "./layout.ts";
import { entriesOf, partyOf } from "./party.ts";
import { type Expected, Stripe } from "./stripe.ts";

/** How often to count without locks. */
const COUNTS = 8;

/** What was found in a map. */
export interface Hit {
  readonly value: unknown;
  /** What says whether it is still the same. */
  readonly stamp: number;
}

/** An entry as it was found at one moment. */
export interface Found {
  readonly key: Uint8Array;
  /** The bytes of its value; not of one that is better looked up when it is needed. */
  readonly value: Uint8Array | undefined;
  /** What was decoded at that moment, as it mentions what must be there meanwhile. */
  readonly decodedKey?: { readonly it: unknown };
}

/** One for all maps: what was copied is decoded before anybody looks for anything else. */
const copy = new Copy();

/** One map, for one process. */
export class Operations {
  readonly #member: Member;
  readonly #seed: number;
  readonly #entries: Entries;
  readonly #stripes: readonly Stripe[];

  /**
   * @param member This process.
   * @param at Where the words of the map begin.
   */
  constructor(member: Member, at: WordIndex) {
    this.#member = member;
    this.#seed = member.heap.words.load(at + MAP.seed);
    this.#entries = entriesOf(member);
    this.#stripes = stripesOf(member, at);
  }

  /** How many entries there are. */
  get size(): number {
    for (let counts = 0; counts < COUNTS; counts++) {
      const versions = this.#stripes.map((stripe) => stripe.version);
      const size = this.#count();
      if (this.#stripes.every((stripe, i) => stripe.version === versions[i])) return size;
    }
    return this.#withAll(() => this.#count());
  }

  /** The value of a key. */
  get(key: unknown): Hit | undefined {
    const draft = Draft.of(this.#member, key, this.#seed);
    try {
      return this.#read(draft.key);
    } finally {
      draft.drop();
    }
  }

  /** Whether a key has a value. */
  has(key: unknown): boolean {
    const draft = Draft.of(this.#member, key, this.#seed);
    try {
      return this.#stripe(draft.key).look(draft.key, copy, false) !== "nothing";
    } finally {
      draft.drop();
    }
  }

  /** Sets the value of a key, if what is expected is there. */
  set(key: unknown, value: unknown, expected: Expected): boolean {
    const draft = Draft.of(this.#member, key, this.#seed);
    try {
      const entry = draft.write(this.#entries, value);
      let isPut = false;
      try {
        isPut = this.#stripe(draft.key).put(draft.key, entry, expected);
      } finally {
        if (!isPut) this.#entries.discard(entry);
      }
      return isPut;
    } finally {
      draft.drop();
    }
  }

  /** Takes a key out, if what is expected is there. */
  delete(key: unknown, expected: Expected): boolean {
    const draft = Draft.of(this.#member, key, this.#seed);
    try {
      return this.#stripe(draft.key).remove(draft.key, expected);
    } finally {
      draft.drop();
    }
  }

  /** Sets or deletes a key, if what was found is still there; returns whether it was. */
  replace(key: unknown, hit: Hit | undefined, value: unknown): boolean {
    if (value !== undefined) return this.set(key, value, hit?.stamp ?? "nothing");
    return hit === undefined || this.delete(key, hit.stamp);
  }

  /** Takes everything out, one stripe after the other. */
  clear(): void {
    for (const stripe of this.#stripes) stripe.clear();
  }

  /** The entries of one stripe after the other, each stripe as it is at one moment. */
  *all(): Generator<Found> {
    for (const stripe of this.#stripes) {
      if (stripe.live === 0) continue;
      const all: Found[] = [];
      stripe.lock();
      try {
        for (const entry of stripe.entries()) all.push(this.#find(entry));
      } finally {
        stripe.unlock();
      }
      yield* all;
    }
  }

  /** The key of what was found. */
  keyOf({ key, decodedKey }: Found): unknown {
    return decodedKey === undefined ? decode(key) : decodedKey.it;
  }

  /** The value of what was found; `undefined` if it has to be looked up and is not there any more. */
  valueOf(found: Found): Pick<Hit, "value"> | undefined {
    if (found.value !== undefined) return { value: decode(found.value) };
    const key = new Key();
    key.take(found.key, this.#seed);
    return this.#read(key);
  }

  /** All entries as they are at one moment. */
  snapshot(): [unknown, unknown][] {
    return this.#withAll(() => {
      const all: [unknown, unknown][] = [];
      for (const stripe of this.#stripes) {
        for (const entry of stripe.entries()) {
          const key = decode(this.#entries.keyOf(entry));
          all.push([key, this.#entries.withValue(entry, decode)]);
        }
      }
      return all;
    });
  }

  #find(entry: WordIndex): Found {
    const entries = this.#entries;
    const key = entries.keyOf(entry).slice();
    if (entries.mentions(entry)) return { key, value: undefined, decodedKey: { it: decode(key) } };
    return { key, value: entries.smallValueOf(entry)?.slice() };
  }

  #read(key: Key): Hit | undefined {
    const stripe = this.#stripe(key);
    const found = stripe.look(key, copy, true);
    if (found === "nothing") return undefined;
    if (found === "copied") return { stamp: copy.stamp, value: decode(copy.bytes) };
    stripe.lock();
    try {
      const entry = stripe.find(key);
      if (entry === 0) return undefined;
      return { stamp: stripe.stampOf(entry), value: this.#entries.withValue(entry, decode) };
    } finally {
      stripe.unlock();
    }
  }

  /** Does something that nobody changes the map during; in their order, so that two do not wait for each other. */
  #withAll<T>(act: () => T): T {
    let held = 0;
    try {
      for (const stripe of this.#stripes) {
        stripe.lock();
        held++;
      }
      return act();
    } finally {
      for (const stripe of this.#stripes.slice(0, held)) stripe.unlock();
    }
  }

  #stripe(key: Key): Stripe {
    return this.#stripes[key.hash & (STRIPES - 1)];
  }

  #count(): number {
    let size = 0;
    for (const stripe of this.#stripes) size += stripe.live;
    return size;
  }
}

/** The stripes of a map. */
export function stripesOf(member: Member, at: WordIndex): Stripe[] {
  const party = partyOf(member);
  return Array.from({ length: STRIPES }, (_, i) => new Stripe(party, stripeAt(at, i)));
}
