import { eventually } from '@hartonomous/test-support';
import { expect, test } from 'vitest';
import { runScript } from './run-script.ts';

// pnpm dev as a whole meets Ctrl-C in dev.test.ts, SIGKILL and a closed pipe in nothing-left-behind.ends.ts.
test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s stops what was started, and the exit code is 130',
  async (signal) => {
    await using script = runScript('../test/programs/wait-until-stopped.ts', []);
    await eventually(() => expect(script.lines).toContain('waiting'), { timeoutMs: 30_000, intervalMs: 20 });
    script.child.kill(signal);
    expect(await script.exited).toBe(130);
    expect(script.lines).toEqual([
      'waiting',
      'stopped what was started',
      'Stopped on request; everything that was started has been stopped.',
    ]);
  },
);
