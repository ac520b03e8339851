import { expect, test } from 'vitest';
import type { ChaosWorld } from '../chaos-world.ts';
import { form } from '../form.ts';
import { ChaosRun } from '../run.ts';

const messages = { short: 900, long: 3_000 }[form];
const day = 24 * 3_600_000;
const preload = new URL('../skewed-clock.mjs', import.meta.url).href;

export function clockSkew(world: () => ChaosWorld): void {
  test('workers whose clocks are a day early, a day late, and jumping: no order depends on a clock', async () => {
    const run = await ChaosRun.begin(world(), 'clock skew');
    const clocks = [
      { CLOCK_SKEW_MS: String(-day) },
      { CLOCK_SKEW_MS: String(day) },
      { CLOCK_SKEW_MS: '0', CLOCK_JUMPS: '1' },
    ];
    const workers = clocks.map((clock) =>
      run.worker({ ...clock, NODE_OPTIONS: `--import=${preload}`, Worker__BatchSize: '15', Worker__Readers: '1' }),
    );
    await Promise.all(workers.map((worker) => worker.polling()));
    await run.changeAtRandom(messages);
    await run.isWell({ workers: workers.length });
    const [early, late] = workers.map((worker) => Date.parse(String(worker.lines().at(-1)?.time)));
    expect(Math.round((Number(late) - Number(early)) / day)).toBe(2);
    for (const worker of workers) {
      expect((await worker.ready()).status).toBe(200);
      expect(worker.messages().some((message) => message.includes('successfully'))).toBe(true);
    }
  });
}
