import { assertEquals } from "@std/assert";
import { test } from "../support/harness.ts";
import { scan } from "./scan.ts";

const blank = (source: string) => scan(source).code.replace(/\s+/g, " ").trim();

test("scan() blanks out comments, strings and template text", () => {
  assertEquals(blank('a("Deno"); // Deno\n/* Deno */ b'), 'a(""); b');
  assertEquals(blank("`Deno ${Bun.x + `${y}`} Deno`"), "``(Bun.x + ``(y))");
  assertEquals(blank('c = /"/.test(x) ? "Deno" : 1 / 2;'), 'c = .test(x) ? "" : 1 / 2;');
});

test("scan() keeps the line of every word", () => {
  const code = scan("/*\n*/\n`\n${x}`\nDeno").code;
  assertEquals(code.split("\n")[4], "Deno");
});

test("scan() finds every literal specifier", () => {
  const source = `import a from "./a.ts";
    import "./b.ts";
    export { c } from './c.ts';
    const d = await import("./d.ts");
    import type { E } from "./e.ts";
    // import "./no.ts"
    const text = 'from "./no.ts"';`;
  assertEquals(scan(source).imports, ["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts"]);
});
