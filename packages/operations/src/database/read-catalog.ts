import type { SqlSession } from '@hartonomous/broker-client';
import type { DatabaseObjectKind } from '@hartonomous/provenance-schema';
import type { z } from 'zod';
import { SqlScriptError } from '../errors.ts';
import { type CatalogQuery, catalogQueries } from './catalog-queries.ts';
import { type Facts, ownerFactName } from './facts.ts';
import { comparableModule } from './module-text.ts';
import { objectKey } from './object-name.ts';
import { activatedProcedure, activationFact, activationText, type QueueActivation } from './queue-activation.ts';
import { catalogTypeText } from './sql-type.ts';

/** The objects of a database with their facts, by {@link objectKey}. */
export type Catalog = ReadonlyMap<string, Facts>;

/** Reads what a database has, of the kinds that a SQL project has. */
export async function readCatalog(connection: SqlSession, signal?: AbortSignal): Promise<Catalog> {
  const read = <Row extends z.ZodType>(query: CatalogQuery<Row>, what: string) =>
    connection.query(query.sql, {}, query.row, {
      signal,
      context: { operation: `reading the ${what} of the database` },
    });
  const builder = new CatalogBuilder();

  for (const { name } of await read(catalogQueries.users, 'users')) builder.object('user', null, name);
  for (const { name, owner } of await read(catalogQueries.roles, 'roles'))
    builder.object('role', null, name).set(ownerFactName, owner);
  for (const row of await read(catalogQueries.messageTypes, 'message types')) {
    const byXml = row.xmlCollectionId === null ? 'WELL_FORMED_XML' : 'VALID_XML';
    const validation = { N: 'NONE', E: 'EMPTY', X: byXml }[row.validation];
    builder.object('messageType', null, row.name).set('validation', validation).set(ownerFactName, row.owner);
  }
  for (const row of await read(catalogQueries.contracts, 'contracts')) {
    const sender = row.byInitiator && row.byTarget ? 'any' : row.byInitiator ? 'initiator' : 'target';
    const facts = builder.object('contract', null, row.name);
    facts.set(`message type ${row.messageType}`, `sent by ${sender}`).set(ownerFactName, row.owner);
  }
  for (const row of await read(catalogQueries.queues, 'queues')) {
    const facts = builder.object('queue', row.schema, row.name);
    facts.set('retention', onOff(row.retention));
    facts.set('poison message handling', onOff(row.poisonMessageHandling));
    facts.set(activationFact, activationText(foundActivation(row)));
  }
  for (const row of await read(catalogQueries.services, 'services')) {
    const facts = builder.object('service', null, row.name);
    facts.set('queue', `${row.queueSchema}.${row.queue}`).set(ownerFactName, row.owner);
    if (row.contract !== null) facts.set(`contract ${row.contract}`, 'accepted');
  }
  for (const row of await read(catalogQueries.sequences, 'sequences')) {
    const facts = builder.object('sequence', row.schema, row.name);
    facts.set('type', row.type);
    facts.set('increment', row.increment);
    facts.set('cycle', onOff(row.isCycling));
  }
  for (const row of await read(catalogQueries.procedures, 'procedures')) {
    builder.object('procedure', row.schema, row.name).set('definition', comparableDefinition(row.definition, row.name));
  }

  for (const row of await read(catalogQueries.tableTypes, 'table types')) builder.table('tableType', row);
  for (const row of await read(catalogQueries.tables, 'tables')) builder.table('table', row);
  for (const row of await read(catalogQueries.columns, 'columns')) {
    const words = [catalogTypeText(row), row.isNullable ? 'null' : 'not null', ...(row.isIdentity ? ['identity'] : [])];
    builder.part(row.objectId, `column ${row.name}`, row.isComputed ? 'computed' : words.join(' '));
  }
  for (const row of await read(catalogQueries.constraints, 'constraints')) {
    builder.part(row.objectId, `constraint ${row.name}`, 'present');
  }
  for (const row of await read(catalogQueries.indexes, 'indexes')) {
    builder.part(row.objectId, `index ${row.name}`, 'present');
  }
  return builder.catalog;
}

class CatalogBuilder {
  readonly catalog = new Map<string, Map<string, string>>();
  readonly #tables = new Map<number, Map<string, string>>();

  object(kind: DatabaseObjectKind, schema: string | null, name: string): Map<string, string> {
    const key = objectKey({ kind, schema, name });
    const facts = this.catalog.get(key) ?? new Map<string, string>();
    this.catalog.set(key, facts);
    return facts;
  }

  table(kind: 'table' | 'tableType', row: { schema: string; name: string; objectId: number }): void {
    this.#tables.set(row.objectId, this.object(kind, row.schema, row.name));
  }

  /** Parts of other objects (views, internal tables) are not looked at. */
  part(objectId: number, fact: string, value: string): void {
    this.#tables.get(objectId)?.set(fact, value);
  }
}

function foundActivation(row: z.infer<typeof catalogQueries.queues.row>): QueueActivation | undefined {
  if (!row.activation || row.procedure === null) return undefined;
  return {
    procedure: activatedProcedure(row.procedure),
    maxReaders: row.maxReaders ?? 0,
    executeAs: row.executeAs ?? 'a user that is not shown',
  };
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}

/** Encrypted, or not to be seen with the login's rights, or no T-SQL: never equal, so it is written anew. */
function comparableDefinition(definition: string | null, name: string): string {
  if (definition === null) return '';
  try {
    return comparableModule(definition, name);
  } catch (error) {
    if (error instanceof SqlScriptError) return definition;
    throw error;
  }
}
