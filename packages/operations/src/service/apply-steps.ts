import { copyFile, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ServiceCommandError } from '../errors.ts';
import { runProgram } from './run-program.ts';
import { type ServiceStep, stepText } from './service-step.ts';

/** The outcome of a step. */
export interface AppliedStep {
  readonly step: ServiceStep;
  /** Why it was left undone, where that does no harm. */
  readonly skipped?: string;
}

/**
 * Does the steps in their order and ends at the first that fails.
 *
 * @returns each step after it was done
 * @throws ServiceCommandError
 */
export async function* applySteps(steps: readonly ServiceStep[], signal: AbortSignal): AsyncGenerator<AppliedStep> {
  for (const step of steps) {
    signal.throwIfAborted();
    const skipped = await apply(step, signal);
    yield skipped === undefined ? { step } : { step, skipped };
  }
}

async function apply(step: ServiceStep, signal: AbortSignal): Promise<string | undefined> {
  if (step.kind === 'run') {
    try {
      await runProgram(step.command, step.args, signal);
      return undefined;
    } catch (error) {
      if (step.mayFail === undefined || !(error instanceof ServiceCommandError)) throw error;
      return step.mayFail;
    }
  }
  try {
    return await applyToFile(step);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceCommandError(stepText(step), reason, 'Run it as root or an administrator, and again.', error);
  }
}

async function applyToFile(step: Exclude<ServiceStep, { readonly kind: 'run' }>): Promise<string | undefined> {
  if (step.kind === 'remove') return await remove(step.path);
  const path = step.kind === 'copy' ? step.to : step.path;
  await mkdir(dirname(path), { recursive: true });
  if (step.kind === 'copy') await copyFile(step.from, step.to);
  else {
    // Renamed into its place: a service manager never reads half of it.
    const draft = `${path}.new`;
    await writeFile(draft, step.content, { mode: step.mode });
    await rename(draft, path);
  }
  return undefined;
}

/** A file, or a folder that is empty: what others have put there stays. */
async function remove(path: string): Promise<string | undefined> {
  try {
    await rmdir(path);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return 'it is not there';
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return 'there are files of others in it';
    if (code !== 'ENOTDIR') throw error;
    await rm(path);
    return undefined;
  }
}
