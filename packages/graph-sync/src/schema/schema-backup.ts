import { writeFile } from 'node:fs/promises';
import type { GraphConnection } from '../connect.ts';
import { type PresentItem, readSchema } from './read-schema.ts';
import { UnknownCreateStatementError } from './schema-errors.ts';

/** Where a backup comes from. */
export interface BackupSource {
  readonly database: string;
  readonly version: string;
  readonly edition: 'community' | 'enterprise';
}

/**
 * Writes the statements that create the graph's present constraints and indexes to a `.cypher` file (an existing file is
 * replaced); to be run with `cypher-shell -f`, any number of times.
 *
 * @returns how many statements it wrote
 * @throws GraphSyncError; the system's error when the file can't be written
 */
export async function backupGraphSchema(connection: GraphConnection, file: string): Promise<number> {
  const items = await readSchema(connection);
  await writeFile(file, backupText(items, connection, new Date()));
  return items.length;
}

/**
 * The text of a backup: one statement per line, each changing nothing where there is one of its name or shape. What
 * Community can't create comes last, so that a run there has done all else when it stops.
 */
export function backupText(items: readonly PresentItem[], source: BackupSource, at: Date): string {
  const lines = (chosen: readonly PresentItem[]) => chosen.map((item) => `${repeatable(item)};`);
  const enterprise = items.filter(({ needsEnterprise }) => needsEnterprise);
  const heading = [
    `// Constraints and indexes of database ${source.database} at ${at.toISOString()}`,
    `// Neo4j ${source.version} (${source.edition}); ${items.length} statements, which may be run again`,
    `// cypher-shell -a <uri> -u <user> -d ${source.database} -f <this file>`,
  ];
  const last = enterprise.length === 0 ? [] : ['// Neo4j Enterprise only:', ...lines(enterprise)];
  return `${[...heading, ...lines(items.filter(({ needsEnterprise }) => !needsEnterprise)), ...last].join('\n')}\n`;
}

// The name, in backticks where it isn't a plain word, is followed by FOR.
const beforeFor = /^CREATE (?:[A-Z]+ )?(?:CONSTRAINT|INDEX) (?:`(?:[^`]|``)*`|[\p{L}_][\p{L}\p{N}_]*)(?= FOR )/u;

function repeatable({ name, createStatement }: PresentItem): string {
  const start = beforeFor.exec(createStatement)?.[0];
  if (start === undefined) throw new UnknownCreateStatementError(name, createStatement);
  return `${start} IF NOT EXISTS${createStatement.slice(start.length)}`;
}
