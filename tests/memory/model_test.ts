import { OutOfMemoryError } from "../../src/errors.ts";
import { FIRST_SPAN, REGION, SPAN_WORDS } from "../../src/memory/layout.ts";
import { ownerId } from "../../src/memory/owner_id.ts";
import { CELLS, unpackSpan } from "../../src/memory/spans.ts";
import { explore, type Participant, type Report, type View } from "../model/explore.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import {
  type Actor,
  type HeapOptions,
  ModelHeap,
  ownerOf,
  WHOLE_SPAN,
  WHOLE_SPAN_CLASS,
} from "./model_heap.ts";

const DEAD = ownerId(900, 1);

/** Claims a span of cells, uses a cell of it, and gives it back. */
function cellUser({ cells, spans, verbs, self }: Actor): void {
  const cell = cells.allocate(WHOLE_SPAN);
  verbs.assert(cells.ownerOf(cell) === self, "the cell is another's");
  cells.free(cell);
  spans.releaseCells(Math.floor(cell / SPAN_WORDS), WHOLE_SPAN_CLASS, self);
}

/** Claims a span of cells, if there is one, and gives it back. */
function spanUser({ spans, words, verbs, self }: Actor): void {
  const span = spans.claimCells(WHOLE_SPAN_CLASS, self);
  if (span < 0) return;
  verbs.assert(words.load(span * SPAN_WORDS) === 0, "a new cell is not free");
  spans.releaseCells(span, WHOLE_SPAN_CLASS, self);
}

/** Claims a run, writes to all of it, and gives it back. */
function runUser({ spans, self, useSpans }: Actor): void {
  const start = spans.claimRun(2, self);
  if (start < 0) return;
  spans.publishRun(start, self);
  useSpans(start, 2, DEAD);
  spans.releaseRun(start, self, self);
}

/** Allocates a block, uses it, and frees it. */
function blockUser(pages: number): (actor: Actor) => void {
  return ({ blocks, useBlock }) => {
    const block = blocks.allocate(pages * 4096);
    useBlock(block);
    blocks.free(block);
  };
}

/** Every span is free or spare, an orphan, or one of cells that its living owner could not give back. */
function spansComeBack(heap: ModelHeap, spans: number, participants: number) {
  return (state: View): boolean => {
    for (let span = FIRST_SPAN; span < FIRST_SPAN + spans; span++) {
      const word = state.word(heap.place(REGION.spans + span));
      const { kind, owner } = unpackSpan(word);
      if (!heap.isTrue(state, span)) return false;
      const who = Array.from({ length: participants }, (_, i) => ownerOf(i)).indexOf(owner);
      if (kind !== 0 && (kind !== CELLS || owner !== 0 && state.dead(who))) return false;
    }
    return true;
  };
}

function blocksComeBack(heap: ModelHeap, blocks: number) {
  return (state: View): boolean => {
    for (let block = 0; block < blocks; block++) {
      if (state.word(heap.place(REGION.blocks + 4 * block)) !== 0) return false;
    }
    return true;
  };
}

interface Search extends Omit<HeapOptions, "participants"> {
  readonly users: readonly ((actor: Actor) => void)[];
  readonly deaths?: number;
  readonly preemptions?: number;
}

/** Users of a heap, and for each that may die somebody who recovers it. */
function search({ users, deaths = 0, preemptions = Infinity, ...options }: Search): Report {
  const count = users.length + deaths;
  const heap = new ModelHeap({ ...options, participants: count });
  const participants: Participant[] = users.map((act, who) => ({
    name: "ABC"[who],
    run: heap.program(who, act),
  }));
  for (let i = 0; i < deaths; i++) {
    participants.push({
      name: `recoverer ${i + 1}`,
      run: heap.recoverer(users.length + i),
      startsAfter: i + 1,
    });
  }
  return explore({
    words: heap.table,
    participants,
    deaths,
    preemptions,
    outcomes: {
      "every span comes back": spansComeBack(heap, options.spans ?? 0, count),
      "every block comes back": blocksComeBack(heap, options.blocks ?? 0),
    },
  });
}

test("in every schedule, users of cells and runs get different spans and give them back", () => {
  assertProven(search({ users: [cellUser, runUser], spans: 3 }));
  assertProven(search({ users: [runUser, runUser], spans: 3 }));
});

test("with two preemptions, three of them do", () => {
  assertKept(search({ users: [cellUser, runUser, runUser], spans: 6, preemptions: 2 }));
});

test("with three preemptions and a death anywhere, recovery gives back what the dead one had", () => {
  assertKept(search({ users: [cellUser, runUser], spans: 3, deaths: 1, preemptions: 3 }));
  assertKept(search({ users: [runUser, runUser], spans: 3, deaths: 1, preemptions: 2 }));
});

test("with a preemption, it does after the death of the recoverer, too", () => {
  assertKept(search({ users: [cellUser, runUser], spans: 3, deaths: 2, preemptions: 1 }));
});

/** Users who have no more spans than one of them needs. */
const scarce = { users: [spanUser, runUser], spans: 2 };

test("in every schedule, who claims a span for cells gets none that holds something else", () => {
  assertProven(search(scarce));
  assertKept(search({ users: [spanUser, spanUser, runUser], spans: 2, preemptions: 2 }));
  assertKept(search({ ...scarce, deaths: 1, preemptions: 3 }));
});

test("found: a spare of anything whose data is taken for cells", () => {
  assertFound(search({ ...scarce, dirty: true }), /a new cell is not free/);
});

test("found: pages that go after their span has been given back", () => {
  assertFound(
    search({ users: [runUser, runUser], spans: 2, spareSpans: 0, preemptions: 2, late: true }),
    /span \d+ (?:was written to|has no pages)/,
  );
});

/** Somebody gives a span of cells back and writes data there, while another looks for cells. */
function releaseWhileRecovering(blind: boolean): Report {
  const heap = new ModelHeap({
    participants: 2,
    spans: 2,
    spanWords: [0, CELLS | WHOLE_SPAN_CLASS << 2 | ownerOf(0) << 6],
    blind,
  });
  const user = heap.program(0, (actor) => {
    if (actor.spans.releaseCells(FIRST_SPAN + 1, WHOLE_SPAN_CLASS, actor.self)) runUser(actor);
  });
  const recoverer = heap.program(1, ({ cells, scan }) => {
    scan(() => cells.recover(DEAD, (owner) => owner === DEAD, () => {}));
  });
  return explore({
    words: heap.table,
    participants: [{ name: "A", run: user }, { name: "recoverer", run: recoverer }],
  });
}

test("in every schedule, a recoverer finds no data where it looks for cells", () => {
  assertProven(releaseWhileRecovering(false));
});

test("found: a span that is given back while somebody recovers", () => {
  assertFound(releaseWhileRecovering(true), /span \d+ was written to|nothing is allocated/);
});

test("in every schedule, an orphan is adopted by one, while its owner is still being recovered", () => {
  const heap = new ModelHeap({
    participants: 3,
    spans: 1,
    spanWords: [CELLS | WHOLE_SPAN_CLASS << 2 | DEAD << 6],
    firstWords: [DEAD],
  });
  const adopter = ({ cells, verbs, self }: Actor): void => {
    try {
      const cell = cells.allocate(WHOLE_SPAN);
      verbs.note("has it");
      verbs.assert(cells.ownerOf(cell) === self, "the cell is another's");
    } catch (error) {
      if (!(error instanceof OutOfMemoryError)) throw error;
    }
  };
  const recoverer = heap.program(2, ({ cells, scan }) => {
    scan(() => cells.recover(DEAD, (owner) => owner === DEAD, () => {}));
  });
  assertProven(explore({
    words: heap.table,
    participants: [
      { name: "A", run: heap.program(0, adopter) },
      { name: "B", run: heap.program(1, adopter) },
      { name: "recoverer", run: recoverer },
    ],
    invariants: { "one has the cell": (state) => state.noting("has it").length <= 1 },
  }));
});

const threeBlocks = { blocks: 3, pages: 8 };

test("in every schedule, blocks of two sizes do not overlap and come back", () => {
  assertProven(search({ users: [blockUser(1), blockUser(2)], ...threeBlocks }));
  assertProven(search({ users: [blockUser(1), blockUser(1)], ...threeBlocks }));
});

test("with three preemptions and a death anywhere, recovery gives the blocks of the dead back", () => {
  const users = [blockUser(1), blockUser(2)];
  assertKept(search({ users, ...threeBlocks, deaths: 1, preemptions: 3 }));
});

test("with a preemption, they do after the death of the recoverer, too", () => {
  const users = [blockUser(1), blockUser(1)];
  assertKept(search({ users, ...threeBlocks, deaths: 2, preemptions: 1 }));
});

test("found: pages that go after their block has been given back", () => {
  const users = [blockUser(1), blockUser(1)];
  assertFound(
    search({ users, ...threeBlocks, late: true }),
    /page \d+ (?:was written to|is not fresh)/,
  );
});
