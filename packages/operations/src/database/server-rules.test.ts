import type { SqlSession } from '@hartonomous/broker-client';
import { expect, test } from 'vitest';
import { objectKey } from './object-name.ts';
import { withRules } from './server-rules.ts';

const object = { kind: 'table', schema: 'dbo', name: 'T', path: 'T.sql' } as const;
const project = {
  object,
  batches: [
    { text: 'CREATE TABLE [dbo].[T] ([Id] INT NOT NULL CONSTRAINT [CK_T] CHECK ([Id] > 0));', line: 1, count: 1 },
  ],
  facts: new Map([['constraint CK_T', 'CHECK']]),
};
const catalog = new Map([[objectKey(object), new Map([['constraint ck_t', 'CHECK']])]]);

const unused = () => Promise.reject(new Error('not asked for'));

/** A session whose temporary table shows its rule with this definition, or not at all. */
function session(definition: string | null | undefined): SqlSession {
  return {
    async query(sql, _, row) {
      const alias = /CONSTRAINT \[(\w+)\]/.exec(sql)?.[1];
      const rows =
        alias === undefined
          ? [{ schema: 'dbo', table: 'T', name: 'ck_t', definition: '([Id]>(0))' }]
          : definition === undefined
            ? []
            : [{ name: alias, definition }];
      return rows.map((found) => row.parse(found));
    },
    ...{ querySets: unused, queryTables: unused, run: unused, runBatch: unused, execute: unused },
  };
}

test.each([
  ['is not shown to the login', null],
  ['is not there for the login', undefined],
])('a rule whose text on a temporary table %s counts as equal and is named', async (_, definition) => {
  const { objects, catalog: found, notCompared } = await withRules(session(definition), [project], catalog);
  expect(notCompared).toEqual(['constraint CK_T of table dbo.T']);
  expect(objects[0]?.facts.get('constraint CK_T')).toBe('CHECK');
  expect(found.get(objectKey(object))?.get('constraint ck_t')).toBe('CHECK');
});

test('a rule whose text is shown is compared by it', async () => {
  const { objects, catalog: found } = await withRules(session('([Id]>(1))'), [project], catalog);
  const [expected, actual] = [
    objects[0]?.facts.get('constraint CK_T'),
    found.get(objectKey(object))?.get('constraint ck_t'),
  ];
  expect(expected).toMatch(/^CHECK .*1/);
  expect(actual).toMatch(/^CHECK .*0/);
});
