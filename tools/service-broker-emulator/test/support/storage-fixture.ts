import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IndexDefinition, TableDefinition } from '../../src/engine/catalog/table-definition.ts';
import type { SqlType } from '../../src/engine/types/sql-type.ts';

/** A folder that goes when the scope ends; for tests. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'emulator-storage-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A table definition from `[name, type]` pairs and indexes; for tests. */
export function tableOf(
  columns: readonly (readonly [name: string, type: SqlType])[],
  indexes: readonly (Pick<IndexDefinition, 'name' | 'kind'> & { columns: readonly number[]; filter?: string })[] = [],
): TableDefinition {
  return {
    schema: 'dbo',
    name: 't',
    columns: columns.map(([name, type], ordinal) => ({
      name,
      type,
      nullable: ordinal > 0,
      ...(ordinal === 0 && (type.name === 'int' || type.name === 'bigint')
        ? { identity: { seed: 1n, increment: 1n } }
        : {}),
    })),
    indexes: indexes.map(({ columns: ordinals, ...index }) => ({
      ...index,
      clustered: index.kind === 'primaryKey',
      columns: ordinals.map((ordinal) => ({ ordinal, descending: false })),
      include: [],
    })),
    checks: [],
    foreignKeys: [],
  };
}
