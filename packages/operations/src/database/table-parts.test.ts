import { readFileSync } from 'node:fs';
import { databaseProject } from '@hartonomous/provenance-schema';
import { describe, expect, test } from 'vitest';
import { declaredFacts } from './declared-facts.ts';
import { extendTable, tableParts } from './table-parts.ts';

const text = `-- A comment, with a comma
CREATE TABLE [dbo].[T] (
    [Id]   BIGINT IDENTITY (1, 1) NOT NULL, -- (another,
    [Name] NVARCHAR(20) NOT NULL CONSTRAINT [DF_T_Name] DEFAULT (N'a, (b'),
    /* a third */
    [Size] DECIMAL(9, 2) NULL,
    [Must] INT NOT NULL CHECK ([Must] IS NOT NULL),
    CONSTRAINT [PK_T] PRIMARY KEY ([Id]),
    -- why it is so
    CONSTRAINT [CK_T_Size] CHECK ([Size] >= 0 AND [Size] <= 10),
    INDEX [IX_T_Size] UNIQUE NONCLUSTERED ([Size], [Name]) WHERE [Size] > 1
);`;

describe('tableParts', () => {
  test('has each item with its text, and says why rows that are there can not have it', () => {
    expect(tableParts(text, 'T.sql')).toEqual([
      {
        fact: 'column Id',
        brings: [],
        obstacle: expect.stringContaining('number'),
        text: '[Id]   BIGINT IDENTITY (1, 1) NOT NULL',
      },
      {
        fact: 'column Name',
        brings: ['constraint DF_T_Name'],
        obstacle: null,
        text: "[Name] NVARCHAR(20) NOT NULL CONSTRAINT [DF_T_Name] DEFAULT (N'a, (b')",
      },
      { fact: 'column Size', brings: [], obstacle: null, text: '[Size] DECIMAL(9, 2) NULL' },
      expect.objectContaining({ fact: 'column Must', obstacle: expect.stringContaining('no default') }),
      expect.objectContaining({ fact: 'constraint PK_T', text: 'CONSTRAINT [PK_T] PRIMARY KEY ([Id])' }),
      expect.objectContaining({ text: 'CONSTRAINT [CK_T_Size] CHECK ([Size] >= 0 AND [Size] <= 10)' }),
      expect.objectContaining({ fact: 'index IX_T_Size' }),
    ]);
  });

  test.each(databaseProject.objects.filter(({ kind }) => kind === 'table').map((object) => [object.name, object]))(
    'makes of %s what its facts name',
    (_name, object) => {
      const sql = readFileSync(new URL(object.path, databaseProject.root), 'utf8');
      const names = tableParts(sql, object.path).flatMap(({ fact, brings }) => [fact, ...brings]);
      expect(names.sort()).toEqual([...declaredFacts(object, sql).keys()].sort());
    },
  );
});

describe('extendTable', () => {
  test('adds columns and constraints in one statement, each index in one of its own', () => {
    const parts = tableParts(text, 'T.sql').filter(({ fact }) => /Size|Name/.test(fact));
    expect(extendTable('[dbo].[T]', parts, 'T.sql')).toEqual([
      [
        'ALTER TABLE [dbo].[T] ADD',
        "    [Name] NVARCHAR(20) NOT NULL CONSTRAINT [DF_T_Name] DEFAULT (N'a, (b'),",
        '    [Size] DECIMAL(9, 2) NULL,',
        '    CONSTRAINT [CK_T_Size] CHECK ([Size] >= 0 AND [Size] <= 10);',
      ].join('\n'),
      'CREATE UNIQUE NONCLUSTERED INDEX [IX_T_Size] ON [dbo].[T] ([Size], [Name]) WHERE [Size] > 1;',
    ]);
  });
});
