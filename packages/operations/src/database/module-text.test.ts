import { expect, test } from 'vitest';
import { comparableModule, createOrAlter } from './module-text.ts';

test('CREATE becomes CREATE OR ALTER, comments before it stay', () => {
  expect(createOrAlter('-- CREATE PROCEDURE\ncreate  proc [dbo].[p] AS SELECT 1', 'p.sql')).toBe(
    '-- CREATE PROCEDURE\nCREATE OR ALTER PROCEDURE [dbo].[p] AS SELECT 1',
  );
});

test('what SQL Server keeps of CREATE OR ALTER equals the file', () => {
  const file = '-- why\nCREATE PROCEDURE [dbo].[p]\nAS\nSELECT 1;';
  expect(comparableModule('-- why\r\nCREATE   PROCEDURE [dbo].[p]\r\nAS\r\nSELECT 1;\r\n', 'p')).toBe(
    comparableModule(file, 'p'),
  );
  expect(comparableModule(createOrAlter(file, 'p'), 'p')).toBe(comparableModule(file, 'p'));
  expect(comparableModule(file.replace('SELECT 1', 'SELECT 2'), 'p')).not.toBe(comparableModule(file, 'p'));
});
