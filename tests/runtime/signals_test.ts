import { assertEquals } from "@std/assert";
import { constants } from "node:os";
import { signalName, signalNumber } from "../../src/runtime/signals.ts";
import { test } from "../support/harness.ts";

test("signals have the names and numbers that the system gives them", () => {
  for (const [name, number] of Object.entries(constants.signals)) {
    // Other names of signals that have one already.
    if (["SIGIOT", "SIGPOLL", "SIGUNUSED"].includes(name)) continue;
    assertEquals([signalNumber(name), signalName(number)], [number, name]);
  }
});

test("a signal without a name is named by its number, and an unknown name has none", () => {
  assertEquals(signalName(40), "SIG40");
  assertEquals(signalNumber("SIGNOTHING"), 0);
});
