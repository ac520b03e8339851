import { OutputClosedError } from './errors.ts';
import type { Report } from './report.ts';

/** SIGHUP: the terminal was closed. On Windows SIGHUP and SIGBREAK: the console was closed, Ctrl-Break. */
const stopSignals: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Exit codes: 0 done, 1 failed, 130 stopped with Ctrl-C (as shells report it). */
const failed = 1;
const interrupted = 130;

/**
 * Runs `work` with a signal that aborts at Ctrl-C, SIGTERM, when the terminal is closed (SIGHUP) and when what reads the output has
 * ended, and prints what went wrong.
 *
 * @returns the exit code
 */
export async function runUntilStopped(report: Report, work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new DOMException('stopped on request', 'AbortError'));
  const outputs = [process.stdout, process.stderr];
  // Without a listener, the error of a broken pipe ends this process at once, and with it nothing is stopped.
  const onOutputError = (error: Error): void => stop.abort(new OutputClosedError(error));
  for (const name of stopSignals) process.on(name, onSignal);
  for (const output of outputs) output.on('error', onOutputError);
  try {
    await work(stop.signal);
    return stop.signal.reason instanceof OutputClosedError ? failed : 0;
  } catch (error) {
    if (stop.signal.reason instanceof OutputClosedError) return failed;
    if (stop.signal.aborted) {
      report.line('Stopped on request; everything that was started has been stopped.');
      return interrupted;
    }
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    report.failure(`${error instanceof Error ? error.message : String(error)}${code}`);
    return failed;
  } finally {
    // The listeners of the outputs stay: what is printed last mustn't end the process in another way.
    for (const name of stopSignals) process.off(name, onSignal);
  }
}
