import { Channel } from "../../src/channel/channel.ts";
import { type dropEnd, END } from "../../src/channel/pipe_words.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { test } from "../support/harness.ts";
import { AT, SECOND } from "./model/ground.ts";
import { explorePipe } from "./model/pipe_model.ts";

test("in every schedule, who waits at one end of a pipe finds the end of the other", () => {
  assertProven(explorePipe({ receivers: 1, senders: 1 }));
  assertKept(explorePipe({ receivers: 2, senders: 1, preemptions: 3 }));
});

test("who waits finds the end although who ends it dies over it, and so does who takes over", () => {
  assertKept(explorePipe({ receivers: 1, senders: 1, deaths: 1, preemptions: 2 }));
  assertKept(explorePipe({ receivers: 1, senders: 1, deaths: 2, preemptions: 1 }));
});

type Drop = typeof dropEnd;

const one = { receivers: 1, senders: 1 } as const;

test("found: an end that lets go of the pipe before it has closed it", () => {
  const drop: Drop = (party, at, land) => {
    const pipe = party.words.exchange(at + END.pipe, 0);
    if (pipe === 0) return;
    for (const channel of [AT, SECOND]) new Channel(party, channel).close();
    land(pipe);
  };
  assertFound(explorePipe({ ...one, deaths: 1, preemptions: 2, drop }), /deadlock|finds the end/);
});

test("found: an end that lets go of the pipe before it says so", () => {
  const drop: Drop = (party, at, land) => {
    const pipe = party.words.load(at + END.pipe);
    if (pipe === 0) return;
    for (const channel of [AT, SECOND]) new Channel(party, channel).close();
    land(pipe);
    party.words.store(at + END.pipe, 0);
  };
  assertFound(explorePipe({ ...one, deaths: 1, preemptions: 2, drop }), /let go of once/);
});

test("found: an end that closes only what it sends", () => {
  const drop: Drop = (party, at, land) => {
    const pipe = party.words.load(at + END.pipe);
    if (pipe === 0) return;
    new Channel(party, AT).close();
    party.words.store(at + END.pipe, 0);
    land(pipe);
  };
  assertFound(explorePipe({ ...one, drop }), /deadlock/);
});
