import { spawn } from 'node:child_process';
import type { Benchmark } from '../benchmark.ts';
import { repeat, timed } from '../repeat.ts';
import { startEmulatorProcess } from './emulator-process.ts';

/** A process that does nothing: what Node itself takes. */
async function runEmptyNode(): Promise<void> {
  const child = spawn(process.execPath, ['--eval', ''], { stdio: 'ignore', windowsHide: true });
  await new Promise((resolve) => child.once('exit', resolve));
}

async function start(form: 'source' | 'dist'): Promise<number> {
  await using emulator = await startEmulatorProcess({ form });
  return emulator.startedInMs;
}

/** From starting the process to listening. */
export const startUpBenchmark: Benchmark = {
  onRequestWhenQuick: true,
  results: [
    { name: 'node-start', unit: 'ms', about: 'a Node process that does nothing, from start to end' },
    {
      name: 'emulator-start-dist',
      unit: 'ms',
      ratioTo: 'node-start',
      about: 'the built command, from its start to the line that says it listens',
    },
    {
      name: 'emulator-start-source',
      unit: 'ms',
      ratioTo: 'node-start',
      about: 'the same from TypeScript source, as tests and pnpm dev start it',
    },
  ],
  async run(scale) {
    const counts = scale.quick ? { warmUp: 1, runs: 3 } : { warmUp: 2, runs: 10 };
    return [
      { name: 'node-start', samples: await repeat(counts, () => timed(runEmptyNode)) },
      { name: 'emulator-start-dist', samples: await repeat(counts, () => start('dist')) },
      { name: 'emulator-start-source', samples: await repeat(counts, () => start('source')) },
    ];
  },
};
