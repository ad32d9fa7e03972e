/**
 * Litmus tests between two processes: what the hardware, the engine and the mapping must promise
 * together. Each takes the runtimes of its two parties.
 */
import { assertEquals } from "@std/assert";
import { ADDER, type AdderTicket } from "../fixtures/conformance/adder.ts";
import { Ground } from "../fixtures/conformance/ground.ts";
import {
  seenAt,
  storeBufferBytes,
  type StoreBufferTicket,
} from "../fixtures/conformance/store_buffer.ts";
import { STREAM, streamBytes, type StreamTicket } from "../fixtures/conformance/stream.ts";
import type { RuntimeName } from "../support/runtime.ts";
import { start, succeed } from "./children.ts";

/** The runtimes of two parties. */
export type Parties = readonly [RuntimeName, RuntimeName];

/** Every operation of both parties counts, exactly, at full speed. */
export async function atomicsAreExact(parties: Parties, times: number): Promise<void> {
  using ground = Ground.create(4096);
  const { words } = ground;
  await together(parties, "adder_child.ts", (role): AdderTicket => {
    return { ground: ground.ticket, role, parties: 2, times };
  });
  assertEquals(words.load(ADDER.sum), 2 * times + 2 * (times / 10), "additions");
  const n = times / 10;
  const putIn = (n * (n + 1)) | 0;
  const takenOut = (words.load(ADDER.kept) + words.load(ADDER.exchanged)) | 0;
  assertEquals(takenOut, putIn, "exchanges");
  assertEquals([words.load(ADDER.lost), words.load(ADDER.bits)], [0, 0], "bits");
}

/** Who sees a flag that was stored after plain writes sees all of them. */
export async function flagShowsWrites(
  [publisher, observer]: Parties,
  slots: number,
  messages: number,
): Promise<void> {
  using ground = Ground.create(streamBytes(slots));
  const ticket: StreamTicket = { ground: ground.ticket, slots, messages };
  const children = [
    start("publisher.ts", ticket, { on: publisher }),
    start("observer.ts", ticket, { on: observer }),
  ];
  await Promise.all(children.map(succeed));
  const { words } = ground;
  assertEquals(words.load(STREAM.taken), messages, "messages");
  assertEquals(words.load(STREAM.wrong), 0, `wrong since message ${words.load(STREAM.firstWrong)}`);
}

/**
 * Of two parties that each store a word and then load the other's, at least one sees the store.
 * With plain writes instead, 2,000 to 5,000 of 10^6 rounds fail on every runtime (x64, 2 processors).
 */
export async function storesAreNotDelayed(parties: Parties, rounds: number): Promise<void> {
  using ground = Ground.create(storeBufferBytes(rounds));
  await together(parties, "store_buffer_child.ts", (role): StoreBufferTicket => {
    return { ground: ground.ticket, role, rounds };
  });
  const cells = new Int32Array(ground.buffer);
  const counts: Record<string, number> = { "0 0": 0, "0 1": 0, "1 0": 0, "1 1": 0 };
  for (let round = 0; round < rounds; round++) {
    const [first, second] = [cells[seenAt(0, rounds) + round], cells[seenAt(1, rounds) + round]];
    counts[`${first - 1} ${second - 1}`]++;
  }
  assertEquals(counts["0 0"], 0, `rounds in which nobody saw the other's store: ${counts}`);
  assertEquals(counts["0 1"] + counts["1 0"] + counts["1 1"], rounds, "rounds with an outcome");
}

async function together(
  parties: Parties,
  script: string,
  ticketOf: (role: number) => object,
): Promise<void> {
  const children = parties.map((on, role) => start(script, ticketOf(role), { on }));
  await Promise.all(children.map(succeed));
}
