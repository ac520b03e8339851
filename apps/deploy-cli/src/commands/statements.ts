import type { SqlTable } from '@hartonomous/broker-client';
import { runStatement } from '@hartonomous/graph-sync';
import { openGraph, runSql } from '@hartonomous/operations';
import type { Command } from 'commander';
import { graphConnection } from '../connection-settings.ts';
import { textTable } from '../lineage/text-table.ts';
import { graphSettingsSchema } from '../options.ts';
import type { Output } from '../output.ts';
import { wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
  withGraphOptions,
} from './command-context.ts';
import { distinctNames, roundedColumns, sqlValue } from './sql-values.ts';
import { withDatabase } from './with-database.ts';

interface StatementOptions extends CommonOptions {
  readonly write?: boolean;
  readonly limit: string;
}

/** Milliseconds of a statement of Cypher. */
const cypherTimeoutMs = 60_000;

/** Adds `sql` and `cypher`. */
export function addStatementCommands(program: Command, context: CommandContext): void {
  const command = (text: string) =>
    program
      .command(text)
      .option('--write', 'let it change something')
      .option('--limit <number>', 'most rows that are shown, from 1 to 100000', '100');

  withCommonOptions(withDatabaseOptions(command('sql <text>')))
    .description('run T-SQL on the database of the settings; reads only, unless told otherwise')
    .addHelpText(
      'after',
      `
Without --write, words that change something are refused, and the transaction is rolled back anyway. The text is one batch: no GO.
Times are shown as they are stored, those with an offset in UTC. Of decimal numbers 15 digits are exact: columns with more are named.

Examples:
  hartonomous sql 'SELECT TOP 5 * FROM dbo.Neo4jSyncLog ORDER BY 1 DESC'
  hartonomous sql "UPDATE dbo.Tenant SET Name = N'New' WHERE TenantId = 7" --write`,
    )
    .action((text: string, options: StatementOptions) =>
      withDatabase(context, options, async ({ client, output }) => {
        const limit = limitOf(options);
        // One more than is shown tells that there are more.
        const { sets } = await runSql(client, text, options.write === true, context.signal, limit + 1);
        const shown = sets.map((table) => showTable(output, table, limit));
        if (sets.length === 0) output.line('Done; no rows.');
        output.document({ ok: true, sets: shown });
      }),
    );

  withCommonOptions(withGraphOptions(command('cypher <text>')))
    .description('run Cypher on the graph of the settings; reads only, unless told otherwise')
    .addHelpText(
      'after',
      `
Without --write the server refuses what would change the graph. The workers write the graph from SQL Server: what you change in what
they own is changed back by reconcile --repair.

Examples:
  hartonomous cypher 'MATCH (a:Atom) RETURN a.atomType, count(*) AS atoms ORDER BY atoms DESC'
  hartonomous cypher 'MATCH (n:MyOwnNode) DETACH DELETE n' --write`,
    )
    .action(async (text: string, options: StatementOptions) => {
      const limit = limitOf(options);
      const { output, settings } = await startCommand(context, options);
      await using graph = await openGraph(graphConnection(settings.get(graphSettingsSchema)), context.signal);
      const { columns, rows, isCut, changes } = await runStatement(graph, text, {
        isWrite: options.write === true,
        limit,
        timeoutMs: cypherTimeoutMs,
        signal: context.signal,
      });
      if (columns.length > 0) printRows(output, columns, rows, isCut);
      for (const [name, number] of Object.entries(changes)) output.line(`${name}: ${number}`);
      if (columns.length === 0 && Object.keys(changes).length === 0) output.line('Done; nothing was changed.');
      output.document({ ok: true, columns, rows, isCut, changes });
    });
}

/** Prints the rows of a result set that are wanted, and gives them for JSON. */
function showTable(output: Output, table: SqlTable, limit: number) {
  const { columns } = table;
  const isCut = table.rows.length > limit;
  const rows = table.rows
    .slice(0, limit)
    .map((row) => columns.map((column, position) => sqlValue(row[position], column)));
  const heads = columns.map(({ name }) => name);
  printRows(output, heads, rows, isCut);
  const rounded = roundedColumns(table).map(({ name }) => name);
  if (rounded.length > 0) {
    output.line(`Rounded to 15 digits: ${rounded.join(', ')}. CAST(... AS varchar(50)) shows all of them.`);
  }
  const names = distinctNames(columns);
  return {
    columns: names,
    rows: rows.map((row) => Object.fromEntries(names.map((name, position) => [name, row[position]]))),
    isCut,
    ...(rounded.length === 0 ? {} : { rounded }),
  };
}

function limitOf({ limit }: Pick<StatementOptions, 'limit'>): number {
  return wholeNumber('--limit', limit, 1, 100_000);
}

function printRows(
  output: Output,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  isCut: boolean,
): void {
  const head = columns.map((name) => (name === '' ? '(no name)' : name));
  for (const line of textTable(
    head,
    rows.map((row) => row.map(cellText)),
  ))
    output.line(line);
  const many = `${rows.length} row${rows.length === 1 ? '' : 's'}`;
  output.line(isCut ? `${many} shown; there are more: --limit.` : `${many}.`);
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'object') {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
  }
  return String(value);
}
