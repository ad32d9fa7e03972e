/** Numbers that look random and are the same on every runtime. */
export class Random {
  #state: number;

  /** @param seed Where the sequence begins. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 32 bits (mulberry32). */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return this.bits() % limit;
  }

  /** One of several. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Any double, every bit pattern but the many of NaN. */
  double(): number {
    const [double] = new Float64Array(new Uint32Array([this.bits(), this.bits()]).buffer);
    return double === double ? double! : NaN;
  }

  /** Random bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.bits());
  }
}
