import { assert, assertEquals, assertThrows } from "@std/assert";
import { ProcessError } from "../../mod.ts";
import { HEADER, OWNER_SLOTS, ROOMS } from "../../src/memory/layout.ts";
import { slotOf } from "../../src/memory/owner_id.ts";
import { SLOT, slotOfOwner } from "../../src/owner/slot.ts";
import {
  armBell,
  blockBell,
  disarmBell,
  ringFor,
  ringForAll,
  RUNG_WORDS,
  takeRung,
} from "../../src/parking/bell.ts";
import { clearRooms, enterRoom, forOccupants, leaveRoom, roomOf } from "../../src/parking/rooms.ts";
import { member } from "../../src/parking/member.ts";
import { SparseWords } from "../memory/sparse_words.ts";
import { test } from "../support/harness.ts";
import "../support/shared_memory.ts";
import { dieAtOnce, Virtual, Word } from "./virtual.ts";

const ann = new Virtual();
const ben = new Virtual();

test("a room knows who is in it, up to the last slot", () => {
  const words = new SparseWords();
  words.store(HEADER.ownersUsed, OWNER_SLOTS);
  const slots = [0, 1, 31, 32, 33, 63, 500, 1022, 1023];
  const inside = (room: number): number[] => {
    const found: number[] = [];
    forOccupants(words, room, (slot) => found.push(slot));
    return found;
  };
  for (const slot of slots) enterRoom(words, 7, slot);
  enterRoom(words, 8, 5);
  assertEquals([inside(6), inside(7), inside(8)], [[], slots, [5]]);
  leaveRoom(words, 7, 31);
  clearRooms(words, 1023);
  assertEquals(inside(7), slots.filter((slot) => slot !== 31 && slot !== 1023));
  assertEquals(inside(8), [5]);
});

test("every word has a room, and neighbours have different ones", () => {
  for (const at of [0, 1, 255, 256, 2 ** 16, 2 ** 24 + 3, 2 ** 28 - 1]) {
    const room = roomOf(at);
    assert(room >= 0 && room < ROOMS, `${at}: ${room}`);
    assert(roomOf(at) !== roomOf(at ^ 1));
  }
});

test("a bell asks for one byte until its process has looked", () => {
  const words = new SparseWords();
  const at = slotOfOwner(ann.owner);
  const taken = () => Array.from({ length: RUNG_WORDS }, (_, i) => takeRung(words, at, i));
  assertEquals(ringFor(words, at, 3), "nothing", "nobody waits");
  armBell(words, at);
  assertEquals([ringFor(words, at, 3), ringFor(words, at, 255)], ["byte", "nothing"]);
  assertEquals(ringForAll(words, at), "byte", "who rang may have died before his byte");
  armBell(words, at);
  assertEquals(taken(), Array(RUNG_WORDS).fill(-1));
  assertEquals(ringFor(words, at, 255), "byte");
  disarmBell(words, at);
  assertEquals([ringFor(words, at, 1), ringFor(words, at, 0)], ["nothing", "nothing"]);
  assertEquals(taken(), [3, ...Array(RUNG_WORDS - 2).fill(0), -(2 ** 31)]);
});

test("a bell asks for a wake while its thread is blocked, and keeps the bits for its event loop", () => {
  const words = new SparseWords();
  const at = slotOfOwner(ann.owner);
  const bell = blockBell(words, at);
  assertEquals([bell.at, words.load(bell.at)], [at + SLOT.bell, bell.expected]);
  assertEquals([ringFor(words, at, 3), ringFor(words, at, 3)], ["wake", "nothing"]);
  blockBell(words, at);
  assertEquals(ringForAll(words, at), "wake");
  blockBell(words, at);
  assertEquals(takeRung(words, at, 0), -1);
});

test("who passes a turn on asks nothing of the machine while nobody waits", () => {
  using word = new Word();
  const turnstile = ann.turnstile(word);
  ann.takeAsked();
  for (let turn = 1; turn <= 1000; turn++) turnstile.pass(turn);
  assertEquals(ann.takeAsked(), []);
});

test("a process with many waits of a room is rung with one byte", async () => {
  using word = new Word();
  const waits = Array.from({ length: 100 }, (_, i) => ann.turnstile(word).wait(1 + i));
  const turnstile = ben.turnstile(word);
  turnstile.pass(1);
  await waits[0];
  ben.takeAsked();
  turnstile.pass(50);
  // It has not looked yet.
  turnstile.pass(100);
  assertEquals(ben.takeAsked(), ["wake", "ring"]);
  assertEquals(await Promise.all(waits.slice(1)), Array(99).fill(100));
});

test("a wake in the waiter's own process rings no bell", async () => {
  using word = new Word();
  const turnstile = ann.turnstile(word);
  const wait = turnstile.wait(1);
  ann.takeAsked();
  turnstile.pass(1);
  assertEquals(ann.takeAsked(), ["wake"]);
  await wait;
});

test("who is dead is not rung, whatever has its process id now", async () => {
  using word = new Word();
  const { heap: { words }, table } = member();
  const dead = dieAtOnce();
  const at = slotOfOwner(dead);
  // It died asleep, with a bell that is a descriptor of somebody else now.
  words.store(at + SLOT.bellFd, 1 + words.load(slotOfOwner(ann.owner) + SLOT.bellFd));
  enterRoom(words, roomOf(word.at), slotOf(dead));
  for (const fd of [1, 2, 3]) {
    words.store(at + SLOT.bellFd, 1 + fd);
    armBell(words, at);
    ben.takeAsked();
    ben.parking.wake(word.at, 1);
    assertEquals(ben.takeAsked().filter((what) => what === "ring"), [], `descriptor ${fd}`);
  }
  assert(ben.recovery.recover(dead));
  assert(table.isGone(dead));
  await undefined;
});

// A pipe is open at both ends, and by who rings it.
const newBells = { allow: { descriptors: 8 } };

test(
  "a bell that cannot be opened is an error of the waker, and the next one rings",
  newBells,
  async () => {
    using word = new Word();
    using cat = new Virtual();
    using dan = new Virtual();
    const waits = [ann, cat].map((who) => who.turnstile(word).wait(1));
    {
      const openRinger = () => {
        throw new ProcessError("no descriptor is left");
      };
      using _machine = dan.pretend({ openRinger });
      const error = assertThrows(() => dan.turnstile(word).pass(1), ProcessError);
      assert(/^Cannot wake process \d+: its bell cannot be opened/.test(error.message));
    }
    // Whoever comes next for whatever reason.
    dan.parking.wake(word.at, 1);
    await Promise.all(waits);
  },
);

test(
  "a bell that is not there any more, because its process is ending, is no error",
  newBells,
  async () => {
    using word = new Word();
    using cat = new Virtual();
    using dan = new Virtual();
    const controller = new AbortController();
    const wait = cat.turnstile(word).wait(1, Infinity, { signal: controller.signal });
    {
      using _machine = dan.pretend({ openRinger: () => undefined });
      dan.turnstile(word).pass(1);
    }
    controller.abort();
    await wait.catch(() => {});
  },
);

test("recovery wakes those whom the dead one did not come to wake", async () => {
  using word = new Word();
  using other = new Word();
  const dead = dieAtOnce();
  const waits = [ann, ben].flatMap((who) => [word, other].map((at) => who.turnstile(at).wait(1)));
  // Killed after the change, and before the wake.
  assert(ann.turnstile(word).change(1) && ann.turnstile(other).change(1));
  assert(ben.recovery.recover(dead));
  assertEquals(await Promise.all(waits), [1, 1, 1, 1]);
});

test("recovery wakes who was rung by somebody that did not come to write the byte", async () => {
  using word = new Word();
  const { words } = member().heap;
  const dead = dieAtOnce();
  const wait = ann.turnstile(word).wait(1);
  ben.turnstile(word).change(1);
  // Killed between the two.
  assertEquals(ringFor(words, slotOfOwner(ann.owner), roomOf(word.at)), "byte");
  assert(ben.recovery.recover(dead));
  await wait;
});

test("recovery takes the bits of the dead out of all rooms", () => {
  const { words } = member().heap;
  const dead = dieAtOnce();
  for (let room = 0; room < ROOMS; room++) enterRoom(words, room, slotOf(dead));
  ben.recovery.recover(dead);
  for (let room = 0; room < ROOMS; room++) {
    forOccupants(words, room, (slot) => assert(slot !== slotOf(dead), `room ${room}`));
  }
});
