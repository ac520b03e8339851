import { expect, test } from 'vitest';
import { receivedColumns, receiveStatement } from './receive-statement.ts';
import { receivedSetsSchema } from './received-message.ts';

test('the table variable has as many columns as each RECEIVE, as INTO demands', () => {
  const sql = receiveStatement('dbo.Q');
  const lists = [...sql.matchAll(/RECEIVE TOP \(@Remaining\) (.*) FROM \[dbo\]\.\[Q\] INTO @Received/g)].map(
    (match) => match[1],
  );
  expect(lists).toHaveLength(2);
  expect(new Set(lists)).toEqual(new Set([receivedColumns.map(([name]) => `[${name}]`).join(', ')]));
  expect(sql.match(/DECLARE @Received TABLE \((.*)\);/)?.[1]?.split(', ')).toHaveLength(receivedColumns.length);
});

test('the schemas of the result sets and the statement name the same columns', () => {
  const selects = receiveStatement('dbo.Q')
    .split('\n')
    .filter((line) => line.startsWith('SELECT'));
  const named = selects.map((select) =>
    [
      ...select
        .replace(/ORDER BY .*?\)/, '')
        .replace(/FROM .*/, '')
        .matchAll(/\[(\w+)\]/g),
    ].map((match) => match[1]),
  );
  const checked = receivedSetsSchema.def.items.map(({ element }) => Object.keys(element.shape));
  expect(named.map((names) => names.sort())).toEqual(checked.map((names) => names.sort()));
});

test('only the first RECEIVE waits', () => {
  const sql = receiveStatement('dbo.Q');
  expect(sql.match(/WAITFOR/g)).toHaveLength(1);
  expect(sql.indexOf('WAITFOR')).toBeLessThan(sql.indexOf('WHILE'));
});
