import type { DatabaseObject, DatabaseObjectKind } from '@hartonomous/provenance-schema';

/** How people call the kinds of objects. */
const kindNames: Readonly<Record<DatabaseObjectKind, string>> = {
  user: 'user',
  role: 'role',
  messageType: 'message type',
  contract: 'contract',
  queue: 'queue',
  service: 'service',
  tableType: 'table type',
  sequence: 'sequence',
  table: 'table',
  procedure: 'procedure',
};

/** What identifies an object. */
export type ObjectName = Pick<DatabaseObject, 'kind' | 'schema' | 'name'>;

/** For example `table dbo.Atom`. */
export function describeObject({ kind, schema, name }: ObjectName): string {
  return `${kindNames[kind]} ${schema === null ? name : `${schema}.${name}`}`;
}

/**
 * A text in which equal objects are equal. Service Broker names are compared byte by byte by SQL Server, all others
 * without case by the database's default collation.
 */
export function objectKey({ kind, schema, name }: ObjectName): string {
  const exact = kind === 'messageType' || kind === 'contract' || kind === 'service';
  return JSON.stringify([kind, schema?.toLowerCase() ?? null, exact ? name : name.toLowerCase()]);
}
