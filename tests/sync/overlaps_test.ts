import { assertEquals } from "@std/assert";
import { Overlaps } from "../../src/sync/overlaps.ts";
import { Rounds } from "../../src/sync/rounds.ts";
import { test } from "../support/harness.ts";

test("a read may be inside of those that were there when it came, while one of them is there", () => {
  const reading = new Rounds();
  const overlaps = new Overlaps(reading);
  assertEquals(overlaps.mayBeInside(reading.last), false);
  const first = reading.begin();
  const before = reading.last;
  const second = reading.begin();
  assertEquals(overlaps.mayBeInside(before), true);
  reading.end(first);
  assertEquals([overlaps.mayBeInside(before), overlaps.mayBeInside(second)], [false, true]);
});

test("patience with reads that may be inside is doubled by one that was not, and by no other", () => {
  const reading = new Rounds();
  const overlaps = new Overlaps(reading);
  const { patience } = overlaps;
  const outer = reading.begin();
  /** One is let in beside those that are there. */
  const letIn = () => {
    const before = reading.last;
    const round = reading.begin();
    overlaps.letIn(round, before);
    return round;
  };
  const end = (round: number) => {
    reading.end(round);
    overlaps.ended();
  };
  end(letIn());
  assertEquals(overlaps.patience, patience);
  const inner = letIn();
  const innermost = letIn();
  end(innermost);
  end(outer);
  assertEquals(overlaps.patience, 2 * patience);
  const other = letIn();
  end(inner);
  assertEquals(overlaps.patience, 4 * patience);
  end(other);
  overlaps.relax();
  assertEquals(overlaps.patience, patience);
});
