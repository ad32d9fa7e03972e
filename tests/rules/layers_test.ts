import { assertEquals } from "@std/assert";
import { test } from "../support/harness.ts";
import { read, sources } from "./files.ts";
import { layers, reserved, runtimeModule } from "./layers.ts";
import { scan } from "./scan.ts";

/** The folder below src that a file lies in, or the file itself. */
function layerOf(path: string): string {
  return path.split("/")[1];
}

function depth(layer: string): number {
  return layers.findIndex((row) => row.includes(layer));
}

test("every folder of src has its place in the table of layers", () => {
  const homeless = sources().map(layerOf).filter((layer) => depth(layer) === -1);
  assertEquals([...new Set(homeless)], []);
});

test("a folder of src imports only from folders below it", () => {
  const wrong: string[] = [];
  for (const path of sources()) {
    for (const specifier of scan(read(path)).imports) {
      if (!specifier.startsWith(".")) continue;
      const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
      const [from, to] = [layerOf(path), layerOf(target)];
      const inside = target.startsWith("src/") && (from === to || depth(to) > depth(from));
      if (!inside) wrong.push(`${path} imports ${target}`);
    }
  }
  assertEquals(wrong, []);
});

test("only src/runtime imports modules of a runtime", () => {
  const wrong = sources().filter((path) => !path.startsWith("src/runtime/")).flatMap((path) =>
    scan(read(path)).imports
      .filter((specifier) => runtimeModule.test(specifier))
      .map((specifier) => `${path} imports ${specifier}`)
  );
  assertEquals(wrong, []);
});

for (const { what, pattern, where } of reserved) {
  test(`only ${where.source.replaceAll("\\", "")} mentions ${what}`, () => {
    const wrong = sources().filter((path) => !where.test(path)).flatMap((path) =>
      scan(read(path)).code.split("\n").flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []
      )
    );
    assertEquals(wrong, []);
  });
}
