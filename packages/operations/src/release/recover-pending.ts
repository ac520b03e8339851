import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ReleaseFolderError } from './errors.ts';
import { goBack } from './go-back.ts';
import { clearPending, codeOf, type PendingSwitch, type ReleaseFolders } from './release-folders.ts';
import { recordRelease } from './release-journal.ts';
import { mainState, type ReleaseRun } from './release-run.ts';

const pendingSchema = z.object({ from: z.string().nullable(), to: z.string() });

/**
 * The switch that a command before began and never ended; undefined where there is none.
 *
 * @throws ReleaseFolderError where the file about it says nothing, as after a fault of the disk
 */
export async function pendingSwitch({ pending }: Pick<ReleaseFolders, 'pending'>): Promise<PendingSwitch | undefined> {
  let text: string;
  try {
    text = await readFile(pending, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const { from, to } = parsed(text) ?? unreadable(pending);
  return { from: from ?? undefined, to };
}

function parsed(text: string): z.output<typeof pendingSchema> | undefined {
  try {
    return pendingSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unreadable(pending: string): never {
  throw new ReleaseFolderError(
    `A switch was cut off, and ${pending}, which says what to go back to, can't be read.`,
    'Remove that file. Then bring the release that is to serve back by its name: hartonomous release rollback WORKER RELEASE',
  );
}

/**
 * Goes back from a switch that was cut off in the middle: nobody has proved the release that it led to.
 *
 * @returns that switch; undefined where there was none
 */
export async function recoverPending(run: ReleaseRun): Promise<PendingSwitch | undefined> {
  const { folders, owner, onStep } = run;
  const cut = await pendingSwitch(folders);
  if (cut === undefined) return undefined;
  const begunAt = performance.now();
  onStep(`! A switch to ${cut.to} was cut off before that was proved; going back to ${cut.from ?? 'none'}`);
  await goBack(run, cut.from, await mainState(run));
  await clearPending(folders);
  await recordRelease(folders, {
    ...{ at: new Date().toISOString(), who: owner, action: 'recover', release: cut.to, previous: cut.from ?? null },
    ...{ version: null, commit: null, checksum: null, result: 'rolled-back' },
    ms: Math.round(performance.now() - begunAt),
    reason: 'the command that switched was cut off',
  });
  return cut;
}
