import { expect, test } from 'vitest';
import { receivedColumns, receiveStatement } from './receive-statement.ts';
import { receivedRowSchema } from './received-message.ts';

test('the table variable has as many columns as each RECEIVE, as INTO demands', () => {
  const sql = receiveStatement('dbo.Q');
  const lists = [...sql.matchAll(/RECEIVE TOP \(@Remaining\) (.*) FROM \[dbo\]\.\[Q\] INTO @Received/g)].map(
    (match) => match[1],
  );
  expect(lists).toHaveLength(2);
  expect(new Set(lists)).toEqual(new Set([receivedColumns.map(([name]) => `[${name}]`).join(', ')]));
  expect(sql.match(/DECLARE @Received TABLE \((.*)\);/)?.[1]?.split(', ')).toHaveLength(receivedColumns.length);
});

test('the schema of a row and the statement name the same columns', () => {
  expect(Object.keys(receivedRowSchema.shape).sort()).toEqual(receivedColumns.map(([name]) => name).sort());
});

test('only the first RECEIVE waits', () => {
  const sql = receiveStatement('dbo.Q');
  expect(sql.match(/WAITFOR/g)).toHaveLength(1);
  expect(sql.indexOf('WAITFOR')).toBeLessThan(sql.indexOf('WHILE'));
});
