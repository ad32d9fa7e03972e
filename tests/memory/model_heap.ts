/** A heap of few spans and blocks under the model checker, in the real code's hands. */
import { Blocks } from "../../src/memory/blocks.ts";
import { Cells } from "../../src/memory/cells.ts";
import {
  BLOCK_WORDS,
  FIRST_SPAN,
  HEADER,
  REGION,
  REGION_BYTES,
  SPAN_WORDS,
} from "../../src/memory/layout.ts";
import { type OwnerId, ownerId } from "../../src/memory/owner_id.ts";
import { Spans, unpackSpan } from "../../src/memory/spans.ts";
import type { WordIndex, WordMemory } from "../../src/memory/words.ts";
import type { Program, Table, Verbs, View } from "../model/explore.ts";
import { ModelWords } from "./model_words.ts";

const PAGE = 4096;
const FIRST_PAGE = REGION_BYTES / PAGE;

/** A size whose cells fill a span each: the one header is the span's first word. */
export const WHOLE_SPAN = 60_000;
export const WHOLE_SPAN_CLASS = 15;

/** The first word of a span: a header, or data. */
function firstWord(span: number): WordIndex {
  return span * SPAN_WORDS;
}

// Words that the real layout does not have.

/** Whether a span has pages. */
function pagesOf(span: number): WordIndex {
  return -1 - span;
}

/** What a page of blocks holds: 0 for a hole, -1 for zeros. */
function contentOf(page: number): WordIndex {
  return -1_000_000_000 - page;
}

/** Where somebody says that he looks through the cells of others. */
function scanOf(participant: number): WordIndex {
  return -500_000_000 - participant;
}

/** The name of a participant in shared words. */
export function ownerOf(participant: number): OwnerId {
  return ownerId(participant + 1, 1);
}

/** What a participant works with. */
export interface Actor {
  readonly self: OwnerId;
  readonly words: WordMemory;
  readonly spans: Spans;
  readonly cells: Cells;
  readonly blocks: Blocks;
  readonly verbs: Verbs;
  /** Looks through the cells of others. */
  scan(look: () => void): void;
  /** Uses the first words of spans for a while: nobody else may. */
  useSpans(first: number, count: number, data: number): void;
  /** Uses the pages of a block for a while. */
  useBlock(block: number): void;
}

/** How a heap begins, and what is broken in it. */
export interface HeapOptions {
  readonly participants: number;
  readonly spans?: number;
  /** How many of the spans keep their pages: all, unless it is said. */
  readonly spareSpans?: number;
  readonly blocks?: number;
  readonly pages?: number;
  /** The words of spans, from the first on; those that follow are FREE. */
  readonly spanWords?: readonly number[];
  /** The first words of spans. */
  readonly firstWords?: readonly number[];
  /** Lets nobody see that somebody looks through cells. */
  readonly blind?: boolean;
  /** Leaves what lies in pages that have gone. */
  readonly dirty?: boolean;
  /** Makes pages go only after what they belong to has been given back. */
  readonly late?: boolean;
}

/** A heap in a model. */
export class ModelHeap {
  readonly #words: ModelWords;
  readonly #options: Required<HeapOptions>;

  constructor(options: HeapOptions) {
    const none = { spans: 0, blocks: 0, pages: 0, spanWords: [], firstWords: [] };
    const all = { ...none, spareSpans: options.spans ?? 0, ...options };
    this.#options = { blind: false, dirty: false, late: false, ...all };
    const last = FIRST_SPAN + all.spans;
    // The lengths of cells are of no interest.
    const words = this.#words = new ModelWords((at) =>
      at > firstWord(FIRST_SPAN) && at < firstWord(last) ? 0 : undefined
    );
    words.declare("spansUsed", HEADER.spansUsed, FIRST_SPAN + all.spanWords.length);
    for (let i = 0; i < all.spans; i++) {
      const span = FIRST_SPAN + i;
      words.declare(`span[${i}]`, REGION.spans + span, all.spanWords[i] ?? 0);
      words.declare(`length[${i}]`, REGION.spanLengths + span);
      words.declare(`first[${i}]`, firstWord(span), all.firstWords[i] ?? 0);
      words.declare(`pages[${i}]`, pagesOf(span), (all.spanWords[i] ?? 0) === 0 ? 0 : 1);
    }
    words.declare("blocksUsed", HEADER.blocksUsed);
    words.declare("nextPage", HEADER.nextPage);
    for (let block = 0; block < all.blocks; block++) {
      ["state", "page", "capacity", "length"].forEach((name, i) =>
        words.declare(`${name}[${block}]`, REGION.blocks + block * BLOCK_WORDS + i)
      );
    }
    for (let page = 0; page < all.pages; page++) {
      words.declare(`content[${page}]`, contentOf(FIRST_PAGE + page));
    }
    for (let who = 0; who < all.participants; who++) words.declare(`scans[${who}]`, scanOf(who));
  }

  /** The words of the model. */
  get table(): Table {
    return this.#words.table;
  }

  /** Where a word is in the model. */
  place(at: WordIndex): number {
    return this.#words.place(at);
  }

  /** Whether a span is as its word says: free ones have neither pages nor data, spares have pages. */
  isTrue(state: View, span: number): boolean {
    const [word, pages, first] = [REGION.spans + span, pagesOf(span), firstWord(span)].map((at) =>
      state.word(this.place(at))
    );
    const { kind, detail, owner } = unpackSpan(word);
    if (kind !== 0) return true;
    return pages === detail && (first === 0 || detail === 1 && owner === 0);
  }

  /** A program of a participant. */
  program(participant: number, act: (actor: Actor) => void): Program {
    return (verbs) => {
      const actor = this.#actor(participant, verbs);
      act(actor);
      // What is overdue by then is done.
      if (this.#options.late) actor.words.load(HEADER.spansUsed);
    };
  }

  /** A program that recovers those who have died. */
  recoverer(participant: number): Program {
    return this.program(participant, ({ verbs, words, cells, blocks, self, scan }) => {
      for (let other = 0; other < this.#options.participants; other++) {
        if (other === participant || verbs.alive(other)) continue;
        const isDead = (owner: OwnerId) => owner === ownerOf(other);
        scan(() => {
          cells.recover(
            ownerOf(other),
            isDead,
            (payload) =>
              verbs.assert(cells.ownerOf(payload) === self, "a cell is not the recoverer's"),
          );
        });
        blocks.recover(isDead, () => {});
        // Where a recoverer died before, its flag goes with its slot.
        words.store(scanOf(other), 0);
      }
    });
  }

  #actor(participant: number, verbs: Verbs): Actor {
    const { participants, blind, dirty } = this.#options;
    const self = ownerOf(participant);
    const { words, discard } = this.#tardy(this.#words.of(verbs));
    const isAnotherScanning = (): boolean => {
      for (let who = 0; who < participants && !blind; who++) {
        if (who !== participant && words.load(scanOf(who)) !== 0) return true;
      }
      return false;
    };
    const scans = {
      // Nobody in a model gives a span back while looking.
      isScanning: isAnotherScanning,
      isAnotherScanning,
      during<T>(look: () => T): T {
        words.store(scanOf(participant), 1);
        const found = look();
        words.store(scanOf(participant), 0);
        return found;
      },
    };
    const limits = {
      end: FIRST_SPAN + this.#options.spans,
      attempts: 1,
      spareEnd: FIRST_SPAN + this.#options.spareSpans,
    };
    const spans = new Spans(
      words,
      {
        reserve: (first, count) => each(first, count, (span) => words.store(pagesOf(span), 1)),
        discard: (first, count) =>
          each(first, count, (span) => {
            if (!dirty) discard(firstWord(span));
            discard(pagesOf(span));
          }),
      },
      scans,
      limits,
    );
    const pages = (offset: number, byteLength: number, act: (page: number) => void): void =>
      each(offset / PAGE, byteLength / PAGE, act);
    const blocks = new Blocks(words, {
      reserve: (offset, byteLength) =>
        pages(offset, byteLength, (page) => words.store(contentOf(page), -1)),
      discard: (offset, byteLength) =>
        pages(offset, byteLength, (page) => discard(contentOf(page))),
    }, self);
    return {
      self,
      words,
      spans,
      cells: new Cells(words, spans, scans, self),
      blocks,
      verbs,
      scan: scans.during,
      useSpans(first, count, data) {
        each(first, count, (span) => words.store(firstWord(span), data));
        each(first, count, (span) => {
          verbs.assert(words.load(firstWord(span)) === data, `span ${span} was written to`);
          verbs.assert(words.load(pagesOf(span)) === 1, `span ${span} has no pages`);
        });
      },
      useBlock(block) {
        const { offset, byteLength } = blocks.range(block);
        pages(offset, byteLength, (page) => {
          verbs.assert(words.load(contentOf(page)) === -1, `page ${page} is not fresh`);
          words.store(contentOf(page), self);
        });
        pages(
          offset,
          byteLength,
          (page) =>
            verbs.assert(words.load(contentOf(page)) === self, `page ${page} was written to`),
        );
      },
    };
  }

  /** Words, and how pages of them go: at once, or before the next look at a word. */
  #tardy(words: WordMemory): { words: WordMemory; discard: (at: WordIndex) => void } {
    if (!this.#options.late) return { words, discard: (at) => words.store(at, 0) };
    let overdue: WordIndex[] = [];
    const load = (at: WordIndex): number => {
      const late = overdue;
      overdue = [];
      for (const word of late) words.store(word, 0);
      return words.load(at);
    };
    return { words: { ...words, load }, discard: (at) => void overdue.push(at) };
  }
}

function each(first: number, count: number, act: (at: number) => void): void {
  for (let at = first; at < first + count; at++) act(at);
}
