/** The figures as a picture: an SVG of bars, one group for each figure. */

import { median } from "../demo/format.ts";
import type { Variant } from "./variants.ts";
import type { Figures } from "./workload.ts";

interface Panel {
  readonly title: string;
  /** How a value is written behind its bar. */
  text(value: number): string;
  take(figures: Figures): number | undefined;
}

const panels: readonly Panel[] = [
  {
    title: "no-op tasks a second, 50,000 in flight (longer is better)",
    text: (value) => `${Math.round(value / 1e3).toLocaleString("en")} k`,
    take: ({ perSecond }) => median(perSecond),
  },
  {
    title: "one apply after another, µs at the median (shorter is better)",
    text: (value) => value.toFixed(1),
    take: ({ p50 }) => p50,
  },
  {
    title: "map of a million items, items a second; others but Python by hand (longer is better)",
    text: (value) => `${(value / 1e6).toFixed(1)} M`,
    take: ({ mapPerSecond }) => mapPerSecond && median(mapPerSecond),
  },
];

const WIDTH = 760;
/** Where bars begin, and how long the longest is. */
const LEFT = 220;
const LONGEST = 440;
const ROW = 20;
const HEAD = 34;

/** Readable on a light page and on a dark one. */
const style = `text{font:12px system-ui,sans-serif;fill:#777}.title{font-weight:600}` +
  `.ours{fill:#2f7ed8}.threads{fill:#b0b0b0}.processes{fill:#8a8a8a}`;

function escape(text: string): string {
  return text.replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Draws what was measured; what machine it was, and when, stands below. */
export function plot(variants: readonly Variant[], machine: string, date: Date): string {
  const parts: string[] = [];
  let y = 8;
  const text = (x: number, what: string, more = "") =>
    parts.push(`<text x="${x}" y="${y + 14}"${more}>${escape(what)}</text>`);
  for (const { title, text: written, take } of panels) {
    const bars = variants.flatMap(({ name, workers, isOurs, figures }) => {
      const values = figures.map(take).filter((value) => value !== undefined);
      if (values.length === 0) return [];
      return [{ name, kind: isOurs ? "ours" : workers, value: median(values) }];
    });
    const most = Math.max(...bars.map(({ value }) => value));
    text(8, title, ' class="title"');
    y += 22;
    for (const { name, kind, value } of bars) {
      const width = Math.max(1, Math.round(value / most * LONGEST));
      text(LEFT - 8, name, ' text-anchor="end"');
      parts.push(
        `<rect class="${kind}" x="${LEFT}" y="${y + 3}" width="${width}" height="${ROW - 6}"/>`,
      );
      text(LEFT + width + 6, written(value));
      y += ROW;
    }
    y += HEAD - 22;
  }
  text(8, "blue: this project; dark grey: processes; light grey: threads. 2 workers each.");
  y += ROW;
  text(8, `${date.toISOString().slice(0, 10)}, ${machine}`);
  y += ROW + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" ` +
    `aria-label="Our pool beside others">`,
    `<style>${style}</style>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
