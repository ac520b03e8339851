import type { DatabaseObjectKind } from '@hartonomous/provenance-schema';
import { describe, expect, test } from 'vitest';
import { objectKey } from './object-name.ts';
import { planDeployment } from './plan-deployment.ts';

const object = (kind: DatabaseObjectKind, name: string) => ({ kind, schema: 'dbo', name, path: `${name}.sql` });
const project = (kind: DatabaseObjectKind, name: string, text: string, facts: Record<string, string>) => ({
  object: object(kind, name),
  batches: [{ text, line: 1, count: 1 }],
  facts: new Map(Object.entries(facts)),
});
const catalog = (kind: DatabaseObjectKind, name: string, facts: Record<string, string>) =>
  new Map([[objectKey({ kind, schema: 'dbo', name }), new Map(Object.entries(facts))]]);

const table = project('table', 'T', 'CREATE TABLE [dbo].[T] ([Id] INT);', {
  'column Id': 'int null',
  'constraint PK_T': 'present',
});
const procedure = project('procedure', 'p', 'CREATE PROCEDURE [dbo].[p] AS SELECT 1;', { definition: 'one' });

describe('planDeployment', () => {
  test('creates what is missing; a procedure in a way that survives somebody creating it meanwhile', () => {
    const plan = planDeployment([table, procedure], new Map());
    expect(plan.map(({ action }) => action)).toEqual(['create', 'create']);
    expect(plan[1]?.batches[0]?.text).toBe('CREATE OR ALTER PROCEDURE [dbo].[p] AS SELECT 1;');
  });

  test('leaves alone what is equal, whatever the case of its names', () => {
    const found = catalog('table', 't', { 'column ID': 'int null', 'constraint pk_t': 'present' });
    expect(planDeployment([table], found)).toMatchObject([{ action: 'unchanged', batches: [] }]);
  });

  test('alters a procedure that differs', () => {
    expect(planDeployment([procedure], catalog('procedure', 'p', { definition: 'two' }))).toMatchObject([
      { action: 'alter', drift: [] },
    ]);
  });

  test('reports all else that differs: other, missing and additional parts, and never runs anything for it', () => {
    const found = catalog('table', 'T', {
      'column Id': 'bigint null',
      'column Extra': 'int null',
      'index IX': 'present',
    });
    expect(planDeployment([table], found)).toMatchObject([
      {
        action: 'drift',
        batches: [],
        drift: [
          { object: 'table dbo.T', what: 'column Id', expected: 'int null', found: 'bigint null' },
          { object: 'table dbo.T', what: 'constraint PK_T', expected: 'present', found: null },
          { object: 'table dbo.T', what: 'column Extra', expected: null, found: 'int null' },
        ],
      },
    ]);
  });

  test('Service Broker names are case-sensitive, as SQL Server has them', () => {
    const contract = project('contract', 'C', 'CREATE CONTRACT [C]', {});
    expect(planDeployment([contract], catalog('contract', 'c', {}))).toMatchObject([{ action: 'create' }]);
  });
});
