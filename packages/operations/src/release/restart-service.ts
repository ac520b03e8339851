import { runProgram } from '../service/run-program.ts';
import { systemdState } from '../service/systemd-service.ts';
import { awaitReady, type RunningRelease } from './await-ready.ts';
import type { ReleaseRun } from './release-run.ts';

/**
 * Starts the worker's service anew, and waits until its new process is ready.
 *
 * @param programVersion as the program reports it
 * @throws ReleaseNotReadyError
 */
export async function restartService(
  { main, readyMs: timeoutMs, signal, onStep }: ReleaseRun,
  programVersion: string,
): Promise<RunningRelease> {
  const { MainPID } = await systemdState(main.service, signal);
  // Without waiting: systemctl would say only that a start failed, and not why.
  await runProgram('systemctl', ['restart', '--no-block', main.unit], signal);
  const options = { programVersion, otherThanPid: Number(MainPID), timeoutMs, signal };
  const running = await awaitReady(main, options);
  onStep(`✓ ${main.unit} runs ${programVersion} and is ready`);
  return running;
}
