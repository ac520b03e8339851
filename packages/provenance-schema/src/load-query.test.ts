import { describe, expect, it } from 'vitest';
import { atom } from './entities/atom.ts';
import { atomProvenance } from './entities/atom-provenance.ts';
import { tenant } from './entities/tenant.ts';
import { entities } from './entity-registry.ts';
import { loadQuery, loadQueryIds } from './load-query.ts';

describe('loadQuery', () => {
  it('reads all ids in one statement with one parameter', () => {
    expect(loadQuery(tenant)).toBe(
      [
        'SELECT e.[TenantId], e.[Name], e.[CreatedAt]',
        "FROM OPENJSON(@ids) WITH ([Id] BIGINT '$') AS k",
        'INNER LOOP JOIN [dbo].[Tenant] AS e WITH (FORCESEEK) ON e.[TenantId] = k.[Id];',
      ].join('\n'),
    );
    expect(loadQuery(atomProvenance)).toContain('ON e.[AtomProvenanceId] = k.[Id]');
  });

  it('leaves out what only SQL has a use for', () => {
    const columns = (entity: typeof atom | typeof atomProvenance) => loadQuery(entity).split('\n')[0];
    expect(columns(atom)).not.toMatch(/AtomicValue|ReferenceCount|SyncType/);
    expect(columns(atom)).toMatch(/AtomId.*TenantId.*Classification/);
    expect(columns(atom)).not.toContain('Embedding');
    expect(columns(atomProvenance)).toMatch(/AtomProvenanceId.*ChildAtomId.*ParentAtomId.*RelationType/);
  });

  it('has no hint on what is read: the fencing sequence relies on plain READ COMMITTED', () => {
    for (const entity of entities) expect(loadQuery(entity)).not.toMatch(/NOLOCK|SNAPSHOT|READPAST|\(NO/i);
  });
});

describe('loadQueryIds', () => {
  it('keeps every digit and drops repeated ids, so that a row comes back once', () => {
    expect(loadQueryIds([9223372036854775807n, 1n, 9223372036854775807n, -5n])).toBe('[9223372036854775807,1,-5]');
    expect(loadQueryIds([])).toBe('[]');
  });
});
