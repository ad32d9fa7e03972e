/** How far it is: a bar on a terminal, and elsewhere a line now and then. */
import { sized } from "./format.ts";

/** Where it is shown. */
export interface Screen {
  /** Whether what was written can be written over. */
  readonly isTerminal: boolean;
  /** How wide it is, in characters. */
  readonly columns: number;
  /** Writes text. */
  write(text: string): void;
}

const BAR = 30;
/** How often the bar is drawn at most, in ms. */
const REDRAW = 50;
/** After how much of the work there is another line. */
const STEP = 0.25;

/** Shows how far some work is. */
export class Progress {
  readonly #screen: Screen;
  readonly #work: number;
  readonly #bytes: number;
  readonly #start = performance.now();
  #done = 0;
  #drawnAt = -Infinity;
  #nextLine = STEP;
  #barIsThere = false;

  /**
   * @param screen Where it is shown.
   * @param work How much there is to do.
   * @param bytes How many bytes of files that is.
   */
  constructor(screen: Screen, work: number, bytes: number) {
    this.#screen = screen;
    this.#work = work;
    this.#bytes = bytes;
    if (screen.isTerminal) this.#draw();
  }

  /** More is done. */
  advance(work: number): void {
    this.#done += work;
    const share = this.#share();
    if (this.#screen.isTerminal) {
      if (performance.now() - this.#drawnAt >= REDRAW || share >= 1) this.#draw();
    } else if (share >= this.#nextLine) {
      this.#nextLine = (Math.floor(share / STEP) + 1) * STEP;
      this.#screen.write(`${this.#state()}\n`);
    }
  }

  /** Writes a line; the bar goes on below it. */
  line(text: string): void {
    this.#clear();
    this.#screen.write(`${text}\n`);
    if (this.#screen.isTerminal) this.#draw();
  }

  /** The work is done, or has been given up: what comes next begins a new line. */
  end(): void {
    this.#clear();
  }

  #share(): number {
    return this.#work === 0 ? 1 : Math.min(1, this.#done / this.#work);
  }

  #state(): string {
    const share = this.#share();
    const bytes = share * this.#bytes;
    const speed = bytes / 1e3 / Math.max(1, performance.now() - this.#start);
    const percent = String(Math.floor(100 * share)).padStart(3);
    return `${percent} %  ${sized(bytes)} of ${sized(this.#bytes)}, ${speed.toFixed(0)} MB/s`;
  }

  #draw(): void {
    const filled = Math.round(BAR * this.#share());
    const bar = "█".repeat(filled) + "░".repeat(BAR - filled);
    const text = `${bar} ${this.#state()}`.slice(0, Math.max(1, this.#screen.columns - 1));
    this.#screen.write(`\r${text}\x1b[K`);
    this.#barIsThere = true;
    this.#drawnAt = performance.now();
  }

  #clear(): void {
    if (this.#barIsThere) this.#screen.write("\r\x1b[K");
    this.#barIsThere = false;
  }
}
