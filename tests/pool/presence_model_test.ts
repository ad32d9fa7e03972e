import { bar, enter, isPresent, lastPresent } from "../../src/pool/presence.ts";
import { WORKER } from "../../src/tasks/layout.ts";
import { ownerId } from "../../src/memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../../src/memory/words.ts";
import { explore, type Program, type Report, table } from "../model/explore.ts";
import { assertFound, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";

/** A worker begins, or does not. */
type Enter = (words: WordMemory, worker: WordIndex, owner: number) => boolean;

const [DEAD, WORKERS] = [1, 2].map((slot) => ownerId(slot, 1));

/** The pool ends while a worker starts where another has died, and somebody asks who is there. */
function ending(begin: Enter): Report {
  const words = table({ owner: DEAD });
  const worker = words.at.owner - WORKER.owner;
  const starting: Program = ({ words: w, note }) => {
    if (begin(w, worker, WORKERS)) note("works");
  };
  const pool: Program = ({ words: w, note, assert }) => {
    if (bar(w, worker, WORKERS)) note("barred");
    else assert(isPresent(w, worker, WORKERS), "it has not begun");
  };
  const reader: Program = ({ words: w, assert }) => {
    assert([0, DEAD, WORKERS].includes(lastPresent(w, worker)), "somebody else is there");
  };
  return explore({
    words,
    participants: [
      { name: "worker", run: starting },
      { name: "pool", run: pool },
      { name: "reader", run: reader },
    ],
    deaths: 1,
    invariants: {
      "who is barred never works": (state) =>
        state.noting("works").length === 0 || state.noting("barred").length === 0,
    },
  });
}

test("in every schedule, a worker has begun or is kept from it, and not both", () => {
  assertProven(ending(enter));
});

test("found: a worker that begins without a look at what is there", () => {
  const careless: Enter = (words, worker, owner) => {
    words.store(worker + WORKER.owner, owner);
    return true;
  };
  assertFound(ending(careless), /who is barred never works/);
});
