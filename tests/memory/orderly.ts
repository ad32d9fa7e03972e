/** What must be true of a heap in which nobody is in the middle of something. */
import { CLASS_BYTES } from "../../src/memory/cells.ts";
import { FIRST_SPAN, HEADER, SPAN_WORDS, SPANS } from "../../src/memory/layout.ts";
import { showOwner } from "../../src/memory/owner_id.ts";
import { RUN } from "../../src/memory/spans.ts";
import type { FakeMachine, User } from "./fake_machine.ts";

const FREE = 0;
const TAIL = 3;

/** The span table as text: what each span is, from the first to the last that was used. */
export function showSpans({ spans }: User): string[] {
  const shown: string[] = [];
  for (let span = FIRST_SPAN; span < spans.end; span++) {
    const { kind, detail, owner } = spans.state(span);
    const name = ["FREE", "CELLS", "RUN", "TAIL"][kind];
    shown.push(
      kind === FREE
        ? detail === 0 ? name : `SPARE ${owner === 0 ? "" : owner - 1}`.trim()
        : `${name} ${kind === TAIL ? "" : `${detail} ${showOwner(owner)}`}`.trim(),
    );
  }
  return shown;
}

/**
 * Every span is free, spare, of cells, or in a whole run; free ones have no pages, the others have. The headers of
 * cells in spares are free.
 */
export function assertOrderly(machine: FakeMachine, user: User): void {
  const fault = faultOfSpans(machine, user) ?? faultOfBlocks(machine, user);
  if (fault !== undefined) throw new Error(`${fault}: ${showSpans(user).join(", ")}`);
}

function faultOfSpans(machine: FakeMachine, user: User): string | undefined {
  const { spans } = user;
  const pages = new Set<number>();
  for (let span = FIRST_SPAN; span < spans.end;) {
    const { kind, detail, owner } = spans.state(span);
    if (kind === FREE && owner > 0 && !areFree(user, span, owner - 1)) {
      return `a cell in the spare ${span} is not free`;
    }
    if (kind === TAIL) return `span ${span} is the tail of nothing`;
    if (kind === RUN && spans.runState(span) === 0) return `run ${span} is not whole`;
    const length = kind === RUN ? spans.runLength(span) : 1;
    for (let i = span + 1; i < span + length; i++) {
      if (spans.state(i).kind !== TAIL) return `span ${i} is missing in its run`;
    }
    const isBare = kind === FREE && detail === 0;
    for (let i = span; i < span + length && !isBare; i++) pages.add(i);
    span += length;
  }
  for (let span = spans.end; span < Math.min(SPANS, spans.end + 64); span++) {
    if (spans.state(span).kind !== FREE) return `span ${span} lies beyond the count`;
  }
  const wrong = [...machine.spans, ...pages].find((at) => machine.spans.has(at) !== pages.has(at));
  if (wrong === undefined) return undefined;
  return `span ${wrong} has ${machine.spans.has(wrong) ? "" : "no "}pages`;
}

function areFree({ words }: User, span: number, sizeClass: number): boolean {
  const first = span * SPAN_WORDS;
  const size = CLASS_BYTES[sizeClass] / 4;
  for (let at = first; at + size <= first + SPAN_WORDS; at += size) {
    if (words.load(at) !== 0) return false;
  }
  return true;
}

function faultOfBlocks(machine: FakeMachine, { blocks, words }: User): string | undefined {
  const used = new Set<number>();
  for (let block = 0; block < words.load(HEADER.blocksUsed); block++) {
    if (blocks.ownerOf(block) === 0) continue;
    const { offset, byteLength } = blocks.range(block);
    for (let at = offset; at < offset + byteLength; at += 4096) {
      if (used.has(at / 4096)) return `block ${block} overlaps another at ${at}`;
      used.add(at / 4096);
    }
  }
  const wrong = [...machine.pages, ...used].find((at) => machine.pages.has(at) !== used.has(at));
  if (wrong === undefined) return undefined;
  return `page ${wrong} of a block ${used.has(wrong) ? "is missing" : "was left"}`;
}
