import { once } from 'node:events';
import { Report } from '../../src/report.ts';
import { runUntilStopped } from '../../src/run-until-stopped.ts';

// Stands for `pnpm dev` and `pnpm demo` where only their end matters: what they start takes half a minute.
const keepAlive = setInterval(() => undefined, 60_000);
process.exitCode = await runUntilStopped(new Report(process.stdout), async (signal) => {
  process.stdout.write('waiting\n');
  await once(signal, 'abort');
  process.stdout.write('stopped what was started\n');
  signal.throwIfAborted();
});
clearInterval(keepAlive);
