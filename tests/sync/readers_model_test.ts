import { type OwnerId, slotOf } from "../../src/memory/owner_id.ts";
import type { WordIndex, WordMemory } from "../../src/memory/words.ts";
import type { Party } from "../../src/sync/party.ts";
import { READERS, Readers } from "../../src/sync/readers.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { exploreReaders } from "./model/readers_model.ts";

type Arguments = ConstructorParameters<typeof Readers>;

test("in every schedule, many read or one writes", () => {
  assertProven(exploreReaders({ readers: 2, writers: 1 }));
  assertProven(exploreReaders({ readers: 1, writers: 2 }));
  assertKept(exploreReaders({ readers: 1, writers: 2, ways: {}, preemptions: 3 }));
});

test("with three preemptions, readers that have waited for long read between two writers", () => {
  assertKept(exploreReaders({ readers: 1, writers: 2, late: true, preemptions: 3 }));
  assertKept(exploreReaders({ readers: 2, writers: 1, late: true, deaths: 1, preemptions: 2 }));
});

test("with three preemptions, who gives up or wakes for no reason is in nobody's way", () => {
  const some = { preemptions: 3, patience: 50, timeouts: 1, spurious: 1 };
  assertKept(exploreReaders({ ...some, readers: 2, writers: 1 }));
  assertKept(exploreReaders({ ...some, readers: 1, writers: 2 }));
});

test("with two preemptions and a death anywhere, readers and writers go on", () => {
  assertKept(exploreReaders({ readers: 2, writers: 1, deaths: 1, preemptions: 2 }));
  assertKept(exploreReaders({ readers: 1, writers: 2, deaths: 1, preemptions: 2 }));
});

test("reads of one process that overlap keep the other one's writer out until they end, and let it in", () => {
  assertProven(exploreReaders({ readers: 1, writers: 1, overlaps: true }));
  assertKept(exploreReaders({ readers: 2, writers: 1, overlaps: true, preemptions: 3 }));
  assertKept(exploreReaders({ readers: 1, writers: 2, overlaps: true, preemptions: 3 }));
  const deadly = { overlaps: true, deaths: 1, preemptions: 2 };
  assertKept(exploreReaders({ ...deadly, readers: 1, writers: 1 }));
});

test("found: a read beside another that is refused, and takes the other's count along", () => {
  const make = (...[party, at]: Arguments) => {
    const { words } = party;
    const mine = at + READERS.readers + slotOf(party.self);
    const add = (word: WordIndex, value: number) =>
      word === mine && value < 0 ? words.exchange(word, 0) : words.add(word, value);
    return new Readers({ ...party, words: { ...words, add } }, at);
  };
  assertFound(
    exploreReaders({ readers: 1, writers: 1, overlaps: true, make }),
    /nobody reads while/,
  );
});

test("found: a reader that does not look for writers when it has counted itself", () => {
  class Hasty extends Readers {
    override enter(_isInside: boolean): boolean {
      this.enterInTurn();
      return true;
    }
  }
  const make = (...args: Arguments) => new Hasty(...args);
  assertFound(exploreReaders({ readers: 1, writers: 1, make }), /nobody reads while/);
});

test("found: a reader that looks for writers before it counts itself", () => {
  class Early extends Readers {
    readonly #words: WordMemory;
    readonly #writers: WordIndex;
    constructor(party: Party, at: WordIndex) {
      super(party, at);
      this.#words = party.words;
      this.#writers = at + READERS.writers;
    }
    override enter(_isInside: boolean): boolean {
      if (this.#words.load(this.#writers) !== 0) return false;
      this.enterInTurn();
      return true;
    }
  }
  const make = (...args: Arguments) => new Early(...args);
  assertFound(exploreReaders({ readers: 1, writers: 1, make }), /nobody reads while/);
});

test("found: a recovery that leaves the dead one's count as it is", () => {
  class Unburied extends Readers {
    override bury(_dead: OwnerId): void {}
  }
  const make = (...args: Arguments) => new Unburied(...args);
  assertFound(
    exploreReaders({ readers: 1, writers: 1, deaths: 1, make }),
    /deadlock|nobody has it/,
  );
});

test("found: a writer that leaves and tells nobody", () => {
  const make = (...[party, at]: Arguments) =>
    new Readers({ ...party, wake: (word, count) => word !== at && party.wake(word, count) }, at);
  assertFound(exploreReaders({ readers: 1, writers: 1, make }), /deadlock/);
});
