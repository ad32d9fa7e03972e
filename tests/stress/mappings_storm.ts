/** The storm of mappings: each item has a fate of its own, and each mapping options of its own. */

import { assert, assertEquals } from "@std/assert";
import { Pool, ProcessDiedError, RemoteError, SerializationError } from "../../mod.ts";
import type { Random } from "../codec/random.ts";
import { setTrap, trapped } from "../fixtures/pool/crashes.ts";
import { type Fate, type Fated, meet, meetLater } from "../fixtures/pool/fates.ts";
import { Board } from "../fixtures/sync/board.ts";
import type { Storm, Weather } from "./storm.ts";

const MOST_ITEMS = 24;
const WORKERS = 2;
/** How many mappings a pool does. */
const MAPPINGS = 50;

const ways = ["map", "mapSync", "imap", "imapUnordered"] as const;

/** One mapping. */
interface Mapping {
  readonly way: typeof ways[number];
  readonly items: readonly Fated[];
  readonly fn: (item: Fated) => unknown;
  readonly options: {
    readonly chunkSize: number | undefined;
    readonly bufferSize: number | undefined;
    readonly failFast: boolean;
  };
}

/** What came of it. */
interface Outcome {
  values: unknown[];
  error: unknown;
  /** What `onProgress` was told. */
  readonly done: number[];
}

function itemsOf(random: Random, at: number, mayDie: boolean): Fated[] {
  const risk = random.below(4);
  const bad: Fate[] = ["throws", "returns what cannot be sent", "unsendable", "undecodable"];
  if (mayDie) bad.push("dies");
  return Array.from({ length: random.below(MOST_ITEMS + 1) }, (_, n): Fated => {
    const fate = random.below(8) < risk ? random.pick(bad) : "good";
    if (fate === "unsendable") return { at, n, fate, luggage: () => n };
    return { at, n, fate, luggage: fate === "undecodable" ? trapped("throw") : undefined };
  });
}

function mappingOf(random: Random, at: number): Mapping {
  const mayDie = random.below(3) === 0;
  const way = random.pick(ways);
  return {
    way,
    items: itemsOf(random, at, mayDie),
    // A death takes with it what overlaps.
    fn: mayDie || random.below(2) === 0 ? meet : meetLater,
    options: {
      chunkSize: random.pick<number | undefined>([undefined, 1, 2, 3, 7, MOST_ITEMS]),
      bufferSize: random.pick<number | undefined>([undefined, 1, 3, 10]),
      failFast: random.below(2) === 0,
    },
  };
}

async function outcomeOf(pool: Pool, { way, items, fn, options }: Mapping): Promise<Outcome> {
  const outcome: Outcome = { values: [], error: undefined, done: [] };
  const all = { ...options, onProgress: (count: number) => void outcome.done.push(count) };
  try {
    if (way === "map") outcome.values = await pool.map(fn, items, all);
    else if (way === "mapSync") outcome.values = pool.mapSync(fn, items, all);
    else for await (const value of pool[way](fn, items, all)) outcome.values.push(value);
  } catch (error) {
    outcome.error = error;
  }
  return outcome;
}

function numbersOf(items: readonly Fated[]): number[] {
  return items.map(({ n }) => n);
}

/** The place of the item that an error is about; -1 of a death. */
function placeOf(error: unknown): number {
  if (error instanceof RemoteError) return error.index!;
  if (error instanceof SerializationError) return Number(/^\w+\[(\d+)\]/.exec(error.path)?.[1]);
  assert(error instanceof ProcessDiedError, `${error}`);
  return -1;
}

const kinds = {
  "good": undefined,
  "throws": RemoteError,
  "undecodable": RemoteError,
  "returns what cannot be sent": SerializationError,
  "unsendable": SerializationError,
  "dies": ProcessDiedError,
};

/** An error is that of the item whose number it tells, or of one that died. */
function assertFate(items: readonly Fated[], error: unknown): void {
  const place = placeOf(error);
  const kind = kinds[place < 0 ? "dies" : items[place].fate];
  assert(kind !== undefined && error instanceof kind, `no error of item ${place}`);
  assert(place >= 0 || items.some(({ fate }) => fate === "dies"), "nobody died");
}

function check({ way, items, options: { failFast } }: Mapping, outcome: Outcome): void {
  const { error, done } = outcome;
  const isLazy = way === "imap" || way === "imapUnordered";
  const values = way === "imapUnordered"
    ? (outcome.values as number[]).toSorted((a, b) => a - b)
    : outcome.values as number[];
  const first = items.findIndex(({ fate }) => fate !== "good");
  const good = numbersOf(items.filter(({ fate }) => fate === "good"));
  assertEquals(done, [...new Set(done)].toSorted((a, b) => a - b));
  if (first < 0) {
    if (error !== undefined) throw error;
    assertEquals(values, numbersOf(items));
    assertEquals(done.at(-1) ?? 0, items.length);
    return;
  }
  const place = placeOf(error);
  assertFate(items, error);
  const unsendable = items.findIndex(({ fate }) => fate === "unsendable");
  if (!isLazy && unsendable >= 0) {
    assertEquals([place, values], [unsendable, []], "nothing is run");
    return;
  }
  const isWhole = items.every(({ fate }) => fate !== "dies");
  if (!failFast) {
    assertEquals(done.at(-1), items.length);
    // A death hides those of its chunk.
    if (isWhole) assertEquals(place, first);
  }
  if (!isLazy) assertEquals(values, []);
  else if (!failFast) {
    assertEquals(values, isWhole ? good : good.filter((n) => values.includes(n)));
  } else if (way === "imapUnordered") assertEquals(values, good.filter((n) => values.includes(n)));
  else {
    if (place >= 0) assertEquals([place, values.length], [first, first]);
    assertEquals(values, numbersOf(items.slice(0, Math.min(first, values.length))));
  }
}

function checkCalls({ items }: Mapping, board: Board): void {
  for (const { n, fate } of items) {
    const most = fate === "unsendable" || fate === "undecodable" ? 0 : 1;
    const calls = board.load(n);
    assert(calls <= most, `item ${n} was called ${calls} times`);
  }
}

function story({ way, items, fn, options }: Mapping, { values, error, done }: Outcome): string {
  const fates = items.map(({ n, fate }) => `${n} ${fate}`).join(", ");
  return `${way} with ${fn.name}, ${JSON.stringify(options)}, of ${fates}: ` +
    `${JSON.stringify(values)}, ${error}, progress ${JSON.stringify(done)}`;
}

async function live(pool: Pool, boards: Board[], weather: Weather): Promise<void> {
  for (let i = 0; i < MAPPINGS && !weather.isOver(); i++) {
    const board = new Board();
    boards.push(board);
    const mapping = mappingOf(weather.random, board.at);
    const outcome = await outcomeOf(pool, mapping);
    try {
      check(mapping, outcome);
      checkCalls(mapping, board);
    } catch (error) {
      throw new Error(`${error}\n${story(mapping, outcome)}`, { cause: error });
    }
    weather.count("mappings");
    weather.count("deaths", outcome.error instanceof ProcessDiedError ? 1 : 0);
  }
}

/** Every mapping keeps its promises: which values, which error, how often each item is called, what progress tells. */
export const storm: Storm = {
  question: "Does every mapping of a pool keep what it promises, whatever becomes of its items?",
  async run(weather) {
    while (!weather.isOver()) {
      // A call that has failed leaves some running that count.
      const boards: Board[] = [];
      const pool = new Pool(WORKERS, { initializer: setTrap });
      try {
        await live(pool, boards, weather);
        pool.close();
        await pool.join();
      } finally {
        await pool.terminate();
        for (const board of boards) board[Symbol.dispose]();
      }
    }
  },
};
