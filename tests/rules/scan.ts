/**
 * Reading a TypeScript file without a compiler: its code with comments, strings and template text
 * blanked out, and the specifiers that it imports.
 */

/** A file, scanned. */
export interface Scanned {
  /** The code; what was blanked out keeps its line breaks. */
  code: string;
  /** What it imports and re-exports, also dynamically, where the specifier is a literal. */
  imports: string[];
}

/**
 * The pieces of a file. A regular expression is told from a division by what stands before it: a
 * name, a number, `)` or `]` end an operand. This is a heuristic, good enough for formatted code.
 */
const piece =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<=[(,=:[!&|?{};\n]\s*|return )\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|`/g;

const importing = /(?:\bfrom|\bimport|\bimport\()\s*$/;

/** Scans a file. */
export function scan(source: string): Scanned {
  const imports: string[] = [];
  const parts: string[] = [];
  let at = 0;
  piece.lastIndex = 0;
  for (let match = piece.exec(source); match !== null; match = piece.exec(source)) {
    parts.push(source.slice(at, match.index));
    let end = piece.lastIndex;
    if (match[0] === "`") end = template(source, match.index, parts, imports);
    else {
      const quoted = /^["']/.test(match[0]);
      if (quoted && importing.test(parts.join("").slice(-40))) {
        imports.push(match[0].slice(1, -1));
      }
      parts.push(quoted ? '""' : match[0].replace(/[^\n]/g, " "));
    }
    at = piece.lastIndex = end;
  }
  parts.push(source.slice(at));
  return { code: parts.join(""), imports };
}

/** Skips template text; what is between `${` and `}` is code and is scanned. Returns its end. */
function template(source: string, start: number, parts: string[], imports: string[]): number {
  parts.push("``");
  let at = start + 1;
  while (at < source.length && source[at] !== "`") {
    if (source[at] === "\\") at += 2;
    else if (source.startsWith("${", at)) {
      const end = closing(source, at + 2);
      const inner = scan(source.slice(at + 2, end));
      parts.push("(", inner.code, ")");
      imports.push(...inner.imports);
      at = end + 1;
    } else {
      if (source[at] === "\n") parts.push("\n");
      at++;
    }
  }
  return at + 1;
}

/** The index of the brace that closes an expression in a template. */
function closing(source: string, start: number): number {
  let depth = 1;
  for (let at = start; at < source.length; at++) {
    const rest = /^(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)/.exec(
      source.slice(at, at + 2_000),
    );
    if (rest !== null) at += rest[0].length - 1;
    else if (source[at] === "{") depth++;
    else if (source[at] === "}" && --depth === 0) return at;
  }
  return source.length;
}
