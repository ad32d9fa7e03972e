import { test } from "../support/harness.ts";
import { assertFound, assertKept, assertProven } from "../model/verdict.ts";
import { exploreChannel } from "./model/channel_model.ts";
import {
  believesInDeath,
  forgetsOthers,
  handsOverLate,
  publishesFirst,
  repairsNothing,
  takesParcelEarly,
  writesBothCopies,
} from "./model/plants.ts";

test("in every schedule, two putters and a taker lose and double nothing", () => {
  assertProven(exploreChannel({ puts: [[1], [-2]], takes: [2] }));
});

test("in every schedule, a putter and two takers lose and double nothing", () => {
  assertProven(exploreChannel({ puts: [[1]], takes: [1, 1], before: [-5] }));
});

test("in every schedule, what one puts is taken in its order, over several segments", () => {
  assertProven(exploreChannel({ puts: [[1, -2, 3]], takes: [3], before: [5], cells: 5 }));
});

test("in every schedule, a bounded channel never holds more than it takes", () => {
  assertProven(exploreChannel({ puts: [[1], [-2]], takes: [2], capacity: 1 }));
});

test("in every schedule, nothing is put after the channel was closed", () => {
  assertProven(exploreChannel({ puts: [[-1]], takes: [2], before: [5], closes: true }));
});

test("in every schedule, the death of a putter or taker costs its own message at most", () => {
  assertProven(exploreChannel({ puts: [[-1]], takes: [1], before: [-5], cells: 5, deaths: 1 }));
});

test("two putters survive the death of one, with up to two preemptions", () => {
  assertKept(exploreChannel({ puts: [[1], [-2]], takes: [], deaths: 1, preemptions: 2 }));
});

test("two takers survive the death of one, with up to two preemptions", () => {
  assertKept(
    exploreChannel({ puts: [], takes: [1, 1], before: [-5], cells: 3, deaths: 1, preemptions: 2 }),
  );
});

test("two putters and a taker survive a death, with up to two preemptions", () => {
  assertKept(
    exploreChannel({
      puts: [[1], [2]],
      takes: [1],
      perSegment: 2,
      cells: 2,
      deaths: 1,
      preemptions: 2,
    }),
  );
});

test("a putter and a taker survive two deaths, also of who repairs, with up to one preemption", () => {
  assertKept(exploreChannel({ puts: [[-1]], takes: [1], before: [5], deaths: 2, preemptions: 1 }));
});

test("found: a message that is written after it was published", () => {
  assertFound(exploreChannel({ puts: [[1]], takes: [1], plant: publishesFirst }), /no message is/);
});

test("found: a parcel that passes to the channel after its message was published", () => {
  assertFound(
    exploreChannel({ puts: [[-1]], takes: [], deaths: 1, plant: handsOverLate }),
    /what lies inside/,
  );
});

test("found: a parcel that passes to its taker before its message was taken", () => {
  assertFound(
    exploreChannel({ puts: [], takes: [1], before: [-1], deaths: 1, plant: takesParcelEarly }),
    /what lies inside/,
  );
});

test("found: a put that prepares where what is valid stands", () => {
  assertFound(
    exploreChannel({ puts: [[1], [2]], takes: [], deaths: 1, plant: writesBothCopies }),
    /what lies inside|no message is/,
  );
});

test("found: a lock that is taken over without a repair", () => {
  assertFound(
    exploreChannel({ puts: [[1]], takes: [], before: [5], deaths: 1, plant: repairsNothing }),
    /what lies inside/,
  );
});

test("found: a lock that is taken over from the living", () => {
  assertFound(
    exploreChannel({ puts: [[1], [2]], takes: [], plant: believesInDeath }),
    /what lies inside|no message is/,
  );
});

test("found: a lock that is taken after a sleep as if nobody else slept", () => {
  assertFound(
    exploreChannel({ puts: [[1], [2], [3]], takes: [], perSegment: 3, plant: forgetsOthers }),
    /deadlock: putter/,
  );
});
