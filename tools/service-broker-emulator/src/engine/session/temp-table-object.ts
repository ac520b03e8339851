import type { TableObject } from '../catalog/catalog-object.ts';
import type { MemoryTable } from '../storage/memory-table.ts';
import type { TableStore } from '../storage/table-store.ts';

/** A table as catalog views see it: of a catalog, or a temp table, whose rows are elsewhere. */
export type SeenTable = Omit<TableObject, 'store'> & {
  readonly store: Pick<TableStore, 'currentIdentity' | 'approximateRowCount'>;
};

/** What tempdb's catalog says of a temp table besides its shape. */
export interface TempTableFacts {
  /** Below the ids of constraints, which are negative too, so that no other object has it. */
  readonly objectId: number;
  readonly createdAt: number;
}

/** Length of a name: that of a local temp table is filled up to it. */
const nameLength = 128;
const suffixLength = 12;

/**
 * The name that a temp table has in tempdb: a local one is filled up with underscores and a number of its own, so that
 * those of several sessions can be told apart. Source: Microsoft's documentation of CREATE TABLE, "Temporary tables".
 */
function internalTempName(name: string, { objectId }: TempTableFacts): string {
  if (name.startsWith('##')) return name;
  const suffix = (-objectId).toString(16).toUpperCase().padStart(suffixLength, '0').slice(-suffixLength);
  return name.padEnd(nameLength - suffixLength, '_') + suffix;
}

/** A temp table as an object of tempdb. */
export function tempTableObject(store: MemoryTable, facts: TempTableFacts): SeenTable {
  const name = internalTempName(store.definition.name, facts);
  return {
    kind: 'table',
    ...facts,
    modifiedAt: facts.createdAt,
    schema: 'dbo',
    name,
    definition: { ...store.definition, schema: 'dbo', name },
    store,
  };
}
