import type { DatabaseObjectKind } from '@hartonomous/provenance-schema';
import { expect, test } from 'vitest';
import { remedyFor } from './remedies.ts';

const remedy = (kind: DatabaseObjectKind, what: string, expected: string | null, found: string | null) =>
  remedyFor(
    { kind, schema: kind === 'table' || kind === 'sequence' ? 'dbo' : null, name: 'X', path: 'X.sql' },
    { what, expected, found },
    [],
  );

test.each<[DatabaseObjectKind, string, string | null, string | null, string | null]>([
  [
    'table',
    'column A',
    'nvarchar(256) null',
    'nvarchar(300) null',
    'ALTER TABLE [dbo].[X] ALTER COLUMN [A] NVARCHAR(256) NULL;',
  ],
  ['table', 'column A', 'int not null', 'int null', 'ALTER TABLE [dbo].[X] ALTER COLUMN [A] INT NOT NULL;'],
  ['table', 'column A', null, 'int not null', 'ALTER TABLE [dbo].[X] ALTER COLUMN [A] INT NULL;'],
  // A value could change or be lost.
  ['table', 'column A', 'int null', 'bigint null', null],
  ['table', 'column A', 'decimal(9,2) null', 'decimal(9,4) null', null],
  ['table', 'column A', 'int not null identity', 'int not null', null],
  ['table', 'column A', 'int not null', null, null],
  ['table', 'column A', 'computed', 'int null', null],
  ['messageType', 'validation', 'WELL_FORMED_XML', 'NONE', 'ALTER MESSAGE TYPE [X] VALIDATION = WELL_FORMED_XML;'],
  ['service', 'queue', 'dbo.Q', 'dbo.Other', 'ALTER SERVICE [X] ON QUEUE [dbo].[Q];'],
  ['service', 'contract C', 'accepted', null, 'ALTER SERVICE [X] (ADD CONTRACT [C]);'],
  ['service', 'contract C', null, 'accepted', 'ALTER SERVICE [X] (DROP CONTRACT [C]);'],
  ['sequence', 'increment', '1', '2', 'ALTER SEQUENCE [dbo].[X] INCREMENT BY 1;'],
  ['sequence', 'cycle', 'off', 'on', 'ALTER SEQUENCE [dbo].[X] NO CYCLE;'],
  ['sequence', 'type', 'bigint', 'int', null],
  ['contract', 'message type M', 'sent by initiator', 'sent by any', null],
])('%s, %s: expected %s, found %s', (kind, what, expected, found, statement) => {
  expect(remedy(kind, what, expected, found)).toBe(statement);
});
