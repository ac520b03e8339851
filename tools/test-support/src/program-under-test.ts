import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, sourceCommand } from './child-service.ts';

/** What tests start: programs as developers start them, or as they are built and installed. */
export type ProgramForm = 'source' | 'built';

/**
 * What PROGRAMS_UNDER_TEST says: `built` in `pnpm test`, which has built them; otherwise `source`.
 *
 * @throws {Error} the variable has another value
 */
export function programUnderTest(): ProgramForm {
  const value = process.env.PROGRAMS_UNDER_TEST ?? 'source';
  if (value !== 'source' && value !== 'built')
    throw new Error(`PROGRAMS_UNDER_TEST is ${value}: it is source or built.`);
  return value;
}

/**
 * Arguments for Node that run a built file.
 *
 * @throws {Error} the file is missing; a test would wait until its time is up for a process that ended at once
 */
export function builtCommand(file: string, args: readonly string[] = []): readonly string[] {
  if (!existsSync(file)) throw new Error(`${file} is missing: run pnpm build first.`);
  return [file, ...args];
}

/**
 * Arguments for Node that run an app.
 *
 * @param app folder in apps/
 * @throws {Error} it has not been built and should be
 */
export function programCommand(
  app: string,
  args: readonly string[] = [],
  form = programUnderTest(),
): readonly string[] {
  return command(join('apps', app), 'main', args, form);
}

/** Arguments for Node that run the emulator of SQL Server's command line. See {@link programCommand}. */
export function emulatorCommand(args: readonly string[] = []): readonly string[] {
  return command('tools/service-broker-emulator', 'cli', args, programUnderTest());
}

function command(folder: string, entry: string, args: readonly string[], form: ProgramForm): readonly string[] {
  const root = join(repositoryRoot, folder);
  return form === 'source'
    ? sourceCommand(join(root, 'src', `${entry}.ts`), args)
    : builtCommand(join(root, 'dist', `${entry}.js`), args);
}
