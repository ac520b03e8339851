import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExampleOutputError } from './errors.ts';
import { runCommand } from './run-command.ts';

/** Runs an example and says what it printed. */
export type ExampleRun = (file: string, project: string) => Promise<string>;

function prints(expected: RegExp): ExampleRun {
  return async (file, project) => {
    const output = await runCommand('node', [file], { cwd: project });
    if (!expected.test(output)) throw new ExampleOutputError(file, output);
    return output;
  };
}

/**
 * Examples that need no server of somebody's: those start what they need, or need nothing. Those of broker-client, graph-sync, operations and
 * queue-worker want SQL Server or Neo4j with objects of theirs: their types alone are checked.
 */
export const exampleRuns: ReadonlyMap<string, ExampleRun> = new Map([
  [
    'atomizers',
    async (file: string, project: string) => {
      await writeFile(join(project, 'README.md'), '# A heading\n\nA paragraph. Another sentence.\n');
      return await prints(/read by markdown/)(file, project);
    },
  ],
  ['embedding-providers', prints(/\d/)],
  ['provenance-schema', prints(/12345n/)],
  ['redaction', prints(/^/)],
  ['azure-emulator', prints(/correct horse/)],
  ['service-broker-emulator', prints(/<work>1<\/work>/)],
]);
