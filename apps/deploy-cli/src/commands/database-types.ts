import { readFile, writeFile } from 'node:fs/promises';
import { databaseTypes } from '@hartonomous/operations';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { databaseSettingsSchema } from '../options.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
} from './command-context.ts';

interface DatabaseTypesCommandOptions extends CommonOptions {
  readonly out?: string;
  readonly check?: string;
}

/** Lines of a difference that are shown; more say nothing new. */
const shownLines = 20;

/** Adds `database types`. */
export function addDatabaseTypesCommand(database: Command, context: CommandContext): void {
  withCommonOptions(withDatabaseOptions(database.command('types')))
    .description('generate TypeScript types from the tables of the database; the database is only read')
    .option('--out <file>', 'write the module there instead of to the screen')
    .option('--check <file>', 'write nothing; exit code 1 if that file is not what would be written')
    .addHelpText(
      'after',
      `
An interface for the rows of each table, as the driver mssql gives them: BIGINT is text, VARBINARY bytes. Two databases with the
same tables make the same file. Tables that the login may not see are left out: grant it VIEW DEFINITION on the database.

Examples:
  hartonomous database types --out src/database-types.ts
  hartonomous database types --check src/database-types.ts
  hartonomous database types --json`,
    )
    .action(async (options: DatabaseTypesCommandOptions) => {
      const { out, check } = options;
      if (out !== undefined && check !== undefined) {
        throw new UsageError('--out writes a file and --check writes none.', 'Give one of them.');
      }
      const { output, settings } = await startCommand(context, options);
      const connection = settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb;
      const { text, ...facts } = await databaseTypes({ connection, signal: context.signal });
      if (check !== undefined) {
        const differences = differencesOf(await textOf(check), text);
        for (const line of differences.slice(0, shownLines)) output.line(line);
        if (differences.length > shownLines) output.line(`... and ${differences.length - shownLines} more lines`);
        const same = differences.length === 0;
        output.line(
          same
            ? `✓ ${check} has the ${facts.tables.length} tables of database ${facts.database}.`
            : `✗ ${check} differs from database ${facts.database} (- the file, + the database). Deploy the database, or make the file anew with --out.`,
        );
        output.document({ ok: same, ...facts, differences });
        context.finish(same ? exitCodes.done : exitCodes.failed);
        return;
      }
      if (out === undefined) output.text(text);
      else {
        await writeTo(out, text);
        output.line(`✓ ${out}: ${facts.tables.length} tables of database ${facts.database}.`);
      }
      output.document({ ok: true, ...facts, ...(out === undefined ? { text } : { file: out }) });
      context.finish(exitCodes.done);
    });
}

/** Lines of one text that are missing from the other, with the interface that they are in. */
function differencesOf(file: string, database: string): readonly string[] {
  const left = qualifiedLines(file);
  const right = qualifiedLines(database);
  return [
    ...left.filter((line) => !right.includes(line)).map((line) => `- ${line}`),
    ...right.filter((line) => !left.includes(line)).map((line) => `+ ${line}`),
  ];
}

function qualifiedLines(text: string): readonly string[] {
  let place = '';
  const lines: string[] = [];
  let comment = '';
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    const name = /^export interface (\S+) /.exec(line)?.[1];
    if (name !== undefined) place = `${name} `;
    if (/^\/\*\*.*\*\/$/.test(line)) comment = ` ${line}`;
    else if (line !== '' && line !== '}') {
      lines.push(name === undefined ? `${place}${line}${comment}` : line);
      comment = '';
    }
    if (line === '}') place = '';
  }
  return lines;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${reasonOf(error)}.`, 'Make it with --out first.');
  }
}

async function writeTo(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(
      `${file} can't be written: ${reasonOf(error)}.`,
      'Give --out a file in a folder that is there.',
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
