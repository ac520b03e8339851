import { quoteName, type SqlSession } from '@hartonomous/broker-client';
import type { z } from 'zod';
import { comparableModule } from '../module-text.ts';
import {
  authorization,
  contractStatement,
  messageTypeStatement,
  queueStatement,
  sequenceStatement,
  serviceStatement,
} from './broker-statements.ts';
import { type ExportRow, exportQueries } from './export-queries.ts';
import { tableStatement } from './table-statement.ts';

/** A file of an export. */
interface CatalogFile {
  /** Below the folder, with `/`; for example `Tables/Atom.sql`. */
  readonly path: string;
  readonly text: string;
}

/** Something of a database that no file of an export is about. */
export interface LeftOut {
  readonly object: string;
  readonly reason: string;
}

/** A database as T-SQL. */
export interface CatalogFiles {
  readonly files: readonly CatalogFile[];
  readonly leftOut: readonly LeftOut[];
}

/** Reads what a database has and writes each object as its CREATE statement; changes nothing. */
export async function catalogFiles(session: SqlSession, signal?: AbortSignal): Promise<CatalogFiles> {
  const read = <Row extends z.ZodType>(query: { what: string; sql: string; row: Row }) =>
    session.query(query.sql, {}, query.row, {
      signal,
      context: { operation: `reading the ${query.what} of the database` },
    });
  const files: CatalogFile[] = [];
  const leftOut: LeftOut[] = [];
  const add = (folder: string, schema: string | null, name: string, text: string) => {
    const file = schema === null || schema.toLowerCase() === 'dbo' ? name : `${schema}.${name}`;
    files.push({ path: freePath(`${folder}/${fileName(file)}`), text });
  };
  const taken = new Set<string>();
  // dbo.[a.b] and a.b, and names that differ in their case only, which some file systems don't tell apart.
  const freePath = (wanted: string): string => {
    let path = wanted;
    for (let number = 2; taken.has(path.toLowerCase()); number += 1) path = `${wanted}~${number}`;
    taken.add(path.toLowerCase());
    return `${path}.sql`;
  };

  for (const [name, rows] of byName(await read(exportQueries.users))) {
    const members = rows.flatMap(({ role }) => (role === null ? [] : [role]));
    const batches = [
      `CREATE USER ${quoteName(name)} WITHOUT LOGIN;\n`,
      // SqlPackage takes it away from a user whose file doesn't grant it.
      ...(rows[0]?.mayConnect === 1 ? [`GRANT CONNECT TO ${quoteName(name)};\n`] : []),
      ...members.map((role) => `ALTER ROLE ${quoteName(role)} ADD MEMBER ${quoteName(name)};\n`),
    ];
    add('Security', null, name, batches.join('GO\n'));
  }
  for (const { name, owner } of await read(exportQueries.roles)) {
    add('Security', null, name, `CREATE ROLE ${quoteName(name)}${authorization(owner)};\n`);
  }
  for (const row of await read(exportQueries.messageTypes)) {
    if (row.xmlCollectionId === null) add('ServiceBroker/MessageTypes', null, row.name, messageTypeStatement(row));
    else leftOut.push({ object: `message type ${row.name}`, reason: 'it is checked against an XML schema collection' });
  }
  for (const [name, rows] of byName(await read(exportQueries.contracts))) {
    add('ServiceBroker/Contracts', null, name, contractStatement(name, rows));
  }
  for (const row of await read(exportQueries.queues)) {
    add('ServiceBroker/Queues', row.schema, row.name, queueStatement(row));
  }
  for (const [name, rows] of byName(await read(exportQueries.services))) {
    add('ServiceBroker/Services', null, name, serviceStatement(name, rows));
  }
  for (const row of await read(exportQueries.sequences)) add('Sequences', row.schema, row.name, sequenceStatement(row));

  const parts = {
    columns: await read(exportQueries.columns),
    indexes: await read(exportQueries.indexes),
    foreignKeys: await read(exportQueries.foreignKeys),
    checks: await read(exportQueries.checks),
  };
  // What the login may not see has NULL for its text.
  const partsOf = (id: number) => ({
    columns: parts.columns.filter((row) => row.objectId === id && !isHiddenColumn(row)),
    indexes: parts.indexes.filter((row) => row.objectId === id && !isHiddenIndex(row)),
    foreignKeys: parts.foreignKeys.filter(({ objectId }) => objectId === id),
    checks: parts.checks.flatMap(({ objectId, name, definition }) =>
      objectId === id && definition !== null ? [{ name, definition }] : [],
    ),
  });
  for (const { schema, name, objectId } of await read(exportQueries.tableTypes)) {
    const head = `CREATE TYPE ${quoteName(schema)}.${quoteName(name)} AS TABLE`;
    add('Types', schema, name, tableStatement(head, partsOf(objectId), true));
  }
  for (const { schema, name, objectId } of await read(exportQueries.tables)) {
    for (const part of hiddenParts(objectId, parts)) {
      leftOut.push({ object: `${part} of table ${schema}.${name}`, reason: 'the login may not see its text' });
    }
    const head = `CREATE TABLE ${quoteName(schema)}.${quoteName(name)}`;
    add('Tables', schema, name, tableStatement(head, partsOf(objectId), false));
  }
  for (const { schema, name, definition } of await read(exportQueries.procedures)) {
    if (definition === null) {
      leftOut.push({
        object: `procedure ${schema}.${name}`,
        reason: 'it is encrypted, or the login may not see its text',
      });
    } else add('Procedures', schema, name, `${comparableModule(definition, `procedure ${schema}.${name}`)}\n`);
  }
  for (const { schema, name, kind } of await read(exportQueries.others)) {
    const words = kind.toLowerCase().replaceAll('_', ' ');
    leftOut.push({ object: `${words} ${schema}.${name}`, reason: 'the SQL project has no objects of this kind' });
  }
  return { files, leftOut };
}

const isHiddenColumn = ({ isComputed, computed }: ExportRow<'columns'>) => isComputed && computed === null;
const isHiddenIndex = ({ hasFilter, filter }: ExportRow<'indexes'>) => hasFilter && filter === null;

interface TableParts {
  readonly columns: readonly ExportRow<'columns'>[];
  readonly indexes: readonly ExportRow<'indexes'>[];
  readonly checks: readonly ExportRow<'checks'>[];
}

/** Parts of a table whose texts the login may not see. */
function hiddenParts(id: number, { columns, indexes, checks }: TableParts): ReadonlySet<string> {
  const own = columns.filter(({ objectId }) => objectId === id);
  return new Set([
    ...checks.filter((row) => row.objectId === id && row.definition === null).map(({ name }) => `check ${name}`),
    ...own.filter((row) => row.defaultName !== null && row.default === null).map((row) => `default ${row.defaultName}`),
    ...own.filter(isHiddenColumn).map(({ name }) => `computed column ${name}`),
    ...indexes.filter((row) => row.objectId === id && isHiddenIndex(row)).map(({ name }) => `filtered index ${name}`),
  ]);
}

function byName<Row extends { readonly name: string }>(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, ({ name }) => name);
}

/** Bytes of a file's name without `~2.sql`; file systems take 255. */
const longestFileName = 240;

/** A name that every file system takes; nothing of it can lead out of the folder. */
function fileName(name: string): string {
  const safe = name
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
    .replaceAll(/[<>:"/\\|?*%\u0000-\u001f]/g, (unsafe) => encodeURIComponent(unsafe).replace('*', '%2A'));
  // Names of 128 characters may have more bytes than a file system takes.
  let bytes = 0;
  let end = 0;
  for (const character of safe) {
    bytes += Buffer.byteLength(character);
    if (bytes > longestFileName) return `${safe.slice(0, end)}~`;
    end += character.length;
  }
  return safe;
}
