import type { Report } from './report.ts';

/** Exit codes: 0 done, 1 failed, 130 stopped with Ctrl-C (as shells report it). */
const failed = 1;
const interrupted = 130;

/**
 * Runs `work` with a signal that aborts at Ctrl-C or SIGTERM, and prints what went wrong.
 *
 * @returns the exit code
 */
export async function runUntilStopped(report: Report, work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new DOMException('stopped on request', 'AbortError'));
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await work(stop.signal);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) {
      report.line('Stopped on request; everything that was started has been stopped.');
      return interrupted;
    }
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    report.failure(`${error instanceof Error ? error.message : String(error)}${code}`);
    return failed;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
