import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describeFunction } from "../../src/functions/describe.ts";
import { resolveFunction } from "../../src/functions/resolve.ts";
import { given } from "../fixtures/functions/hidden.ts";
import { test } from "../support/harness.ts";
import { fixture, inChild, messageOf, valueOf } from "./in_child.ts";

const here = fixture("hidden.ts");
const { samples } = given;

// deno-lint-ignore ban-types
function request(fn: Function, args: unknown[] = []) {
  return { reference: describeFunction(fn, [here]), args };
}

/** As it would be in a program that knows no caller. */
// deno-lint-ignore ban-types
function homeless(fn: Function, args: unknown[] = []) {
  return { reference: describeFunction(fn, []), args };
}

test("a function that needs nothing travels as its source text, whatever its shape", async () => {
  const object = {
    method(a: number) {
      return a + 1;
    },
    async later(a: number) {
      return await Promise.resolve(a + 1);
    },
    *each(to: number) {
      for (let i = 0; i < to; i += 1) yield i;
    },
    async *eachLater(to: number) {
      for (let i = 0; i < to; i += 1) yield await Promise.resolve(i);
    },
    ["computed " + 1](a: number) {
      return a + 2;
    },
    async(a: number) {
      return a + 3;
    },
    get(a: number) {
      return a + 4;
    },
    static(a: number) {
      return a + 5;
    },
    [Symbol.iterator]() {
      return [6][Symbol.iterator]();
    },
    if(a: number) {
      return a + 7;
    },
    123(a: number) {
      return a + 8;
    },
    "quoted name": (a: number) => a + 9,
  };
  class Maker {
    static make(a: number) {
      return a + 10;
    }
    make(a: number) {
      return a + 11;
    }
  }
  function withDefaults({ a = 1, b = [2] }: { a?: number; b?: number[] } = {}, ...rest: number[]) {
    return a + b[0]! + rest.length;
  }
  const cases: [ReturnType<typeof homeless>, unknown][] = [
    [homeless(samples.alone, [2, 5]), 32],
    [homeless(object.method, [1]), 2],
    [homeless(object.later, [1]), 2],
    [homeless(object.each, [2]), [0, 1]],
    [homeless(object.eachLater, [2]), [0, 1]],
    [homeless(object["computed 1"]!, [1]), 3],
    [homeless(object.async, [1]), 4],
    [homeless(object.get, [1]), 5],
    [homeless(object.static, [1]), 6],
    [homeless(object[Symbol.iterator]), [6]],
    [homeless(object.if, [1]), 8],
    [homeless(object[123], [1]), 9],
    [homeless(object["quoted name"], [1]), 10],
    [homeless(Maker.make, [1]), 11],
    [homeless(Maker.prototype.make, [1]), 12],
    [homeless(withDefaults, [{ b: [4] }, 0, 0]), 7],
    [
      homeless(
        (a: number) => a * 2, // comment at the end
        [4],
      ),
      8,
    ],
    [homeless(async (a: number) => ({ a: await Promise.resolve(a) }), [4]), { a: 4 }],
    [
      homeless(function* () {
        yield "yes";
      }),
      ["yes"],
    ],
    [
      homeless(function (this: unknown) {
        return this === undefined;
      }),
      true,
    ],
  ];
  const answers = await inChild(cases.map(([request]) => request));
  assertEquals(
    answers.map((answer) => answer.error?.message ?? answer.value),
    cases.map(([, value]) => value),
  );
});

test("a captured variable is named, with the function, the place and the fix", async () => {
  for (const fn of [samples.captures, samples.capturesLater, samples.capturesEach]) {
    assertEquals(
      await messageOf(request(fn)),
      `ReferenceError: "counter" is not defined in function "${fn.name}", ` +
        `which runs from its source text because ${here} does not export it; ` +
        `export it, or register it with task(import.meta, ${fn.name}), ` +
        'or pass "counter" as an argument',
    );
  }
});

test("an explained error keeps the stack of the original", async () => {
  const [answer] = await inChild([request(samples.captures)]);
  const { message = "", stack = "" } = answer?.error ?? {};
  assert(stack.startsWith(`ReferenceError: ${message}\n`), stack);
  assertMatch(stack, /^\s+at captures \(.*hidden\.ts#source/m);
});

test("a method that is missing elsewhere than on a parameter is left alone", async () => {
  const calls = (value: number) => {
    const other = { value } as unknown as { missing(): number };
    return other.missing();
  };
  assertMatch(await messageOf(homeless(calls, [1])), /^TypeError: (?!.*fields cross)/);
});

test("a function without a name is not looked for in any module", async () => {
  const beyond = [1];
  const reference = describeFunction(() => beyond[0], [fixture("throws.ts")]);
  assertEquals(reference.urls, []);
  assertMatch(
    await messageOf({ reference, args: [] }),
    /^ReferenceError: "beyond" is not defined in function "\(\) ?=> ?beyond\[0\]", which runs from its source text; name and export it, or register it with task\(import\.meta, fn\), or pass "beyond" as an argument$/,
  );
});

test("errors of the function's own are left alone", async () => {
  assertMatch(await messageOf(request(samples.ownMistake)), /^SyntaxError: (?!.*source text)/);
  assertMatch(await messageOf(request(samples.readsUndefined)), /^TypeError: (?!.*source text)/);
  const thrower = () => {
    throw new ReferenceError(`${["else", "where"].join("")} is not defined`);
  };
  assertEquals(await messageOf(homeless(thrower)), "ReferenceError: elsewhere is not defined");
});

test("a missing this is named", async () => {
  const message = await messageOf(request(samples.usesThis));
  assertMatch(
    message,
    /^TypeError: .*perhaps because "this" does not travel with function "usesThis"/,
  );
  assertStringIncludes(message, "pass what it needs as an argument");
});

test("text that means something only where it stood is refused with the fix", async () => {
  class Secret {
    #hidden() {
      return 1;
    }
    static give() {
      return new Secret().#hidden;
    }
  }
  const accessor = Object.getOwnPropertyDescriptor({
    get size() {
      return 1;
    },
  }, "size")!.get!;
  const beyond = class {};
  class Derived extends beyond {}
  for (const fn of [Secret.give(), accessor, Derived]) {
    const message = await messageOf(homeless(fn));
    assertStringIncludes(
      message,
      `Cannot find ${fn === Derived ? "class" : "function"} "${fn.name}"`,
    );
    assertStringIncludes(message, "its source text does not stand alone (");
    assertStringIncludes(message, "register it with task(import.meta, ");
  }
});

test("relative imports and import.meta mean the module that the function stood in", async () => {
  const importing = async (a: number) => {
    const { scale } = await import("./library.ts");
    return scale(a);
  };
  assertEquals(await valueOf({ reference: describeFunction(importing, [here]), args: [6] }), 42);
  const nameless = describeFunction(async (a: number) => {
    const { scale } = await import("../functions/library.ts");
    return [import.meta.url, scale(a)];
  }, [here]);
  assertEquals(await valueOf({ reference: nameless, args: [6] }), [here, 42]);
});

test("helpers that tools leave behind are there", async () => {
  const named = new Function(
    "return function outer() { const f = __name(() => 1, 'f'); return f.name; }",
  )();
  assertEquals(await valueOf(homeless(named)), "f");
  const counted = new Function(
    "return function add(a, b) { cov_1a2b3c().f[0]++; cov_1a2b3c().s[4]++; return a + b; }",
  )();
  assertEquals(await valueOf(homeless(counted, [1, 2])), 3);
});

test("a helper that nobody knows is named", async () => {
  const fn = new Function("return function spread(a) { return __spreadValues({}, a); }")();
  assertStringIncludes(
    await messageOf(homeless(fn, [{}])),
    '"__spreadValues" is not defined in function "spread"',
  );
});

test("equal texts without a name are one reference, however often they are made", () => {
  const make = () => describeFunction((a: number) => a + 1);
  assert(make() === make());
});

test("a global is found by its path", async () => {
  const answers = await inChild([
    homeless(Math.max, [1, 5, 3]),
    homeless(parseInt, ["12px"]),
    homeless(JSON.stringify, [[1]]),
    homeless(Reflect.ownKeys, [{ a: 1 }]),
    homeless(encodeURIComponent, [" "]),
    homeless(structuredClone, [[1]]),
    homeless(atob, ["aGk="]),
  ]);
  assertEquals(answers.map(({ error, value }) => error?.message ?? value), [
    5,
    12,
    "[1]",
    ["a"],
    "%20",
    [1],
    "hi",
  ]);
});

test("a function made from its source text travels on as it came", async () => {
  const reference = describeFunction(async () => {
    const { scale } = await import("./library.ts");
    return [import.meta.url, scale(1)];
  }, [here]);
  const lookup = { import: () => Promise.reject(new Error("nothing is imported")) };
  const rebuilt = await resolveFunction(reference, lookup);
  assertEquals(describeFunction(rebuilt, []), reference);
});
