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
      'column Extra': 'int not null',
      'index IX': 'present',
    });
    expect(planDeployment([table], found)).toMatchObject([
      {
        action: 'drift',
        batches: [],
        drift: [
          { object: 'table dbo.T', what: 'column Id', expected: 'int null', found: 'bigint null' },
          { object: 'table dbo.T', what: 'constraint PK_T', expected: 'present', found: null },
          { object: 'table dbo.T', what: 'column Extra', expected: null, found: 'int not null' },
        ],
      },
    ]);
  });

  test('gives a table what it only lacks, once the rows that are there can have it', () => {
    const columns = '[Id] INT NULL, [New] INT NOT NULL CONSTRAINT [DF_T_New] DEFAULT (1), [More] INT NULL';
    const declared = (more: string, facts: Record<string, string> = {}) =>
      project('table', 'T', `CREATE TABLE [dbo].[T] (${columns}${more});`, {
        'column Id': 'int null',
        'column New': 'int not null',
        'constraint DF_T_New': 'present',
        'column More': 'int null',
        ...facts,
      });
    const found = catalog('table', 'T', { 'column Id': 'int null', 'column More': 'int null' });
    expect(planDeployment([declared('')], found)).toMatchObject([
      {
        action: 'extend',
        additions: ['column New'],
        batches: [{ text: expect.stringMatching(/^ALTER TABLE \[dbo\]\.\[T\] ADD\s+\[New\] INT NOT NULL[^,]*;$/) }],
        drift: [],
      },
    ]);
    const must = declared(', [Must] INT NOT NULL', { 'column Must': 'int not null' });
    const drift = planDeployment([must], found)[0]?.drift.map(({ what }) => what);
    expect(drift).toEqual(['column New', 'constraint DF_T_New', 'column Must']);
  });

  test('does not extend a table that differs otherwise too, nor one whose column lost its default', () => {
    const extra = catalog('table', 'T', { 'column Id': 'int null', 'column Extra': 'int not null' });
    expect(planDeployment([table], extra)).toMatchObject([{ action: 'drift' }]);
    const withDefault = project('table', 'T', 'CREATE TABLE [T] ([Id] INT NULL CONSTRAINT [DF_T] DEFAULT (1));', {
      'column Id': 'int null',
      'constraint DF_T': 'present',
    });
    expect(planDeployment([withDefault], catalog('table', 'T', { 'column Id': 'int null' }))).toMatchObject([
      { action: 'drift', batches: [] },
    ]);
  });

  test("a column of somebody's own that nothing has to fill is passed over; in a table type it is in the way", () => {
    const more = { 'column Id': 'int null', 'constraint PK_T': 'present', 'column Phone': 'nvarchar(30) null' };
    expect(planDeployment([table], catalog('table', 'T', more))).toMatchObject([
      { action: 'unchanged', drift: [], own: ['column Phone (nvarchar(30) null)'] },
    ]);
    const { 'constraint PK_T': _, ...lacking } = more;
    expect(planDeployment([table], catalog('table', 'T', lacking))).toMatchObject([{ own: [expect.any(String)] }]);
    const type = project('tableType', 'T', 'CREATE TYPE [dbo].[T] AS TABLE ([Id] INT);', { 'column Id': 'int null' });
    expect(planDeployment([type], catalog('tableType', 'T', more))).toMatchObject([{ action: 'drift' }]);
  });

  test('a queue gets the options of the project', () => {
    const queue = project('queue', 'Q', 'CREATE QUEUE [dbo].[Q] WITH POISON_MESSAGE_HANDLING (STATUS = OFF);', {
      retention: 'off',
      'poison message handling': 'off',
      activation: 'off',
    });
    const found = { retention: 'on', 'poison message handling': 'on', activation: 'off' };
    expect(planDeployment([queue], catalog('queue', 'Q', found))).toMatchObject([
      {
        action: 'alter',
        batches: [{ text: 'ALTER QUEUE [dbo].[Q] WITH RETENTION = OFF, POISON_MESSAGE_HANDLING (STATUS = OFF);' }],
      },
    ]);
    const activated = { ...found, activation: 'dbo.p (at most 1 reader, as owner)' };
    expect(planDeployment([queue], catalog('queue', 'Q', activated))).toMatchObject([
      { action: 'drift', drift: [{}, {}, { remedy: 'ALTER QUEUE [dbo].[Q] WITH ACTIVATION (DROP);' }] },
    ]);
  });

  test('Service Broker names are case-sensitive, as SQL Server has them', () => {
    const contract = project('contract', 'C', 'CREATE CONTRACT [C]', {});
    expect(planDeployment([contract], catalog('contract', 'c', {}))).toMatchObject([{ action: 'create' }]);
  });
});
