import { CHANNEL } from "../../src/channel/layout.ts";
import type { Party } from "../../src/channel/party.ts";
import { assertFound, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { AT } from "./model/ground.ts";
import { explorePieces } from "./model/pieces_model.ts";

test("in every schedule, a piece is one process's or the channel's", () => {
  assertProven(explorePieces({ keepers: 1, takers: 2, before: 1 }));
  assertProven(explorePieces({ keepers: 3, takers: 0 }));
  assertProven(explorePieces({ keepers: 1, takers: 1, trimmers: 1, before: 2 }));
});

test("in every schedule with a death anywhere, a piece is lost to nobody else", () => {
  assertProven(explorePieces({ keepers: 2, takers: 1, deaths: 1 }));
  assertProven(explorePieces({ keepers: 0, takers: 2, before: 2, deaths: 1 }));
  assertProven(explorePieces({ keepers: 0, takers: 1, trimmers: 1, before: 2, deaths: 1 }));
});

test("found: a slot that names a piece before it is kept", () => {
  const plant = (party: Party): Party => {
    let late: (() => void) | undefined;
    const { words, store } = party;
    return {
      ...party,
      store: {
        ...store,
        handOver(place, from, to) {
          if (from !== party.self) return store.handOver(place, from, to);
          late = () => void store.handOver(place, from, to);
          return true;
        },
      },
      words: {
        ...words,
        compareExchange(at, expected, replacement) {
          const before = words.compareExchange(at, expected, replacement);
          if (at >= AT + CHANNEL.pieces && replacement !== 0) late?.();
          return before;
        },
      },
    };
  };
  const report = explorePieces({ keepers: 1, takers: 1, plant });
  assertFound(report, /what is kept is named|nothing belongs/);
});

test("found: a piece that is taken while it is named", () => {
  const plant = (party: Party): Party => {
    const { words } = party;
    return {
      ...party,
      words: {
        ...words,
        // As if the name were looked at, and taken away a step later.
        compareExchange(at, expected, replacement) {
          if (replacement !== 0) return words.compareExchange(at, expected, replacement);
          const before = words.load(at);
          words.store(at, 0);
          return before;
        },
      },
    };
  };
  assertFound(
    explorePieces({ keepers: 2, takers: 2, preemptions: 3, plant }),
    /what is kept is named|named once/,
  );
});
