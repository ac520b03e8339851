import { databaseProject } from '@hartonomous/provenance-schema';
import { describe, expect, test } from 'vitest';
import { SqlScriptError } from '../errors.ts';
import { declaredFacts } from './declared-facts.ts';
import { readProject } from './read-project.ts';

const facts = (kind: Parameters<typeof declaredFacts>[0]['kind'], text: string) =>
  Object.fromEntries(declaredFacts({ kind, schema: 'dbo', name: 'x', path: 'x.sql' }, text));

describe('declaredFacts', () => {
  test('of a table: columns with type and nullability, names of constraints and indexes', () => {
    const text = `CREATE TABLE [dbo].[T] (
      [Id] BIGINT IDENTITY (1, 1) NOT NULL, -- , not a column
      [Kind] NVARCHAR(64) NOT NULL CONSTRAINT [DF_T_Kind] DEFAULT (N'a, NULL'),
      [Hash] VARBINARY (MAX) NULL,
      At datetime2 DEFAULT NULL,
      [Price] DECIMAL(10, 2) NOT NULL CHECK ([Price] > 0),
      [Total] AS ([Price] * 2),
      CONSTRAINT [PK_T] PRIMARY KEY CLUSTERED ([Id], [Kind]),
      UNIQUE ([Hash]),
      INDEX [IX_T] NONCLUSTERED ([Kind])
    );`;
    expect(facts('table', text)).toEqual({
      'column Id': 'bigint not null identity',
      'column Kind': 'nvarchar(64) not null',
      'constraint DF_T_Kind': 'present',
      'column Hash': 'varbinary(max) null',
      'column At': 'datetime2(7) null',
      'column Price': 'decimal(10,2) not null',
      'column Total': 'computed',
      'constraint PK_T': 'present',
      'index IX_T': 'present',
    });
  });

  test('of Service Broker objects', () => {
    expect(facts('messageType', 'CREATE MESSAGE TYPE [M] VALIDATION = WELL_FORMED_XML;')).toEqual({
      validation: 'WELL_FORMED_XML',
    });
    expect(facts('contract', 'CREATE CONTRACT [C] ([M] SENT BY INITIATOR, [N] SENT BY ANY);')).toEqual({
      'message type M': 'sent by initiator',
      'message type N': 'sent by any',
    });
    expect(facts('queue', 'CREATE QUEUE dbo.Q WITH STATUS = ON, POISON_MESSAGE_HANDLING (STATUS = OFF);')).toEqual({
      retention: 'off',
      'poison message handling': 'off',
      activation: 'off',
    });
    const activation = (status: string) => `CREATE QUEUE dbo.Q WITH ACTIVATION (STATUS = ${status},
      PROCEDURE_NAME = [dbo].[sp_A], MAX_QUEUE_READERS = 2, EXECUTE AS 'reader');`;
    expect(facts('queue', activation('ON'))).toEqual({
      retention: 'off',
      'poison message handling': 'on',
      activation: 'dbo.sp_A (at most 2 readers, as reader)',
    });
    expect(facts('queue', activation('OFF'))).toMatchObject({ activation: 'off' });
    expect(() => facts('queue', 'CREATE QUEUE dbo.Q WITH ACTIVATION (PROCEDURE_NAME = dbo.sp_A);')).toThrow(
      SqlScriptError,
    );
    expect(facts('service', 'CREATE SERVICE [S] ON QUEUE [dbo].[Q] ([C], [D]);')).toEqual({
      queue: 'dbo.Q',
      'contract C': 'accepted',
      'contract D': 'accepted',
    });
  });

  test('of a sequence', () => {
    expect(facts('sequence', 'CREATE SEQUENCE dbo.S AS INT INCREMENT BY -5 CYCLE;')).toEqual({
      type: 'int',
      increment: '-5',
      cycle: 'on',
    });
    expect(facts('sequence', 'CREATE SEQUENCE dbo.S NO CYCLE;')).toEqual({
      type: 'bigint',
      increment: '1',
      cycle: 'off',
    });
  });

  test('a file with another statement is refused with its line', () => {
    expect(() => facts('table', '-- hm\nCREATE VIEW v AS SELECT 1 AS x;')).toThrow(SqlScriptError);
    expect(() => facts('table', '-- hm\nCREATE VIEW v AS SELECT 1 AS x;')).toThrow(/x\.sql, line 2/);
  });
});

test('every file of the SQL project is understood, and none but users is without facts', async () => {
  const { objects, postDeployment } = await readProject(databaseProject);
  expect(objects).toHaveLength(databaseProject.objects.length);
  for (const { object, batches, facts: found } of objects) {
    expect(batches, object.path).toHaveLength(object.kind === 'user' ? 3 : 1);
    if (object.kind !== 'user') expect(found.size, object.path).toBeGreaterThan(0);
  }
  expect(postDeployment[0]?.batches.length).toBeGreaterThan(1);
});
