import { checkHealth } from '../../src/index.ts';

/** Inputs per kind: a few seconds' worth by default, `FUZZ_RUNS=10000` for a long run. */
export const fuzzRuns = Number(process.env.FUZZ_RUNS ?? 400);

/** The same inputs at each run unless asked otherwise, so that a failure can be looked at. */
const seed = Number(process.env.FUZZ_SEED ?? 20_260_101);

/** Small deterministic random numbers (mulberry32), one stream per input. */
export class Random {
  #state: number;

  constructor(index: number) {
    this.#state = (seed + index * 0x9e37_79b9) >>> 0;
  }

  /** 0 up to and without `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}

/** Calls `run` for each index, at most `atOnce` at the same time. */
export async function inParallel(count: number, atOnce: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await run(index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** @throws {UnhealthyError} when the server does not serve a new client within seconds */
export function serves(port: number, saPassword: string): Promise<void> {
  return checkHealth({ host: '127.0.0.1', port, saPassword, timeoutMs: 10_000 });
}
