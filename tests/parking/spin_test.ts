import { assert, assertEquals } from "@std/assert";
import { Spinner } from "../../src/parking/spin.ts";
import { test } from "../support/harness.ts";

/** A machine where a look takes a microsecond, and whoever spins on it. */
class Machine {
  readonly spinner: Spinner;
  now = 0;
  looks = 0;
  waysGiven = 0;

  constructor(processors = 2) {
    const giveWay = () => void this.waysGiven++;
    this.spinner = new Spinner(
      { processors: () => processors, giveWay },
      0.03,
      () => this.now,
    );
  }

  /** Spins until something is there after so many looks; whether that was found. */
  spin(there = Infinity): boolean {
    let looks = 0;
    const found = this.spinner.spin(() => {
      this.now += 0.001;
      this.looks++;
      return ++looks > there ? "it" : undefined;
    });
    return found === "it";
  }

  /** Spins in vain, then sleeps for so many ms; whether it has looked at all. */
  wait(milliseconds: number): boolean {
    const before = this.looks;
    assertEquals(this.spin(), false);
    this.now += milliseconds;
    this.spinner.slept();
    return this.looks > before;
  }
}

test("a spinner finds what comes soon, and gives its processor away meanwhile", () => {
  const machine = new Machine();
  for (let i = 0; i < 100; i++) assert(machine.spin(20));
  assert(machine.waysGiven >= 100, `${machine.waysGiven}`);
});

test("a spinner on the only processor never looks", () => {
  const machine = new Machine(1);
  assertEquals([machine.spin(0), machine.wait(0.01), machine.looks], [false, false, 0]);
});

test("a spinner that finds nothing loses the habit, and tries again now and then", () => {
  const machine = new Machine();
  const spins = Array.from({ length: 200 }, () => machine.wait(10));
  assertEquals(spins.slice(0, 5), [true, true, true, true, false]);
  assertEquals(spins.filter(Boolean).length, 4 + Math.floor(196 / 32));
});

test("a spinner whose sleeps are short tries again, for longer than before", () => {
  const machine = new Machine();
  while (machine.wait(10));
  assertEquals(machine.spin(0), false);
  machine.now += 0.05;
  machine.spinner.slept();
  assert(machine.spin(150), "what comes after 150 µs is found");
});

test("a spinner whose sleeps are short, but whose looks are in vain, tries ever more seldom", () => {
  const machine = new Machine();
  while (machine.wait(10));
  // As where the one who is waited for runs only once this one sleeps.
  const spins = Array.from({ length: 2_000 }, () => machine.wait(0.01)).filter(Boolean).length;
  assert(spins > 2 && spins < 2_000 / 8, `${spins} spins`);
});
