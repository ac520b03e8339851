import { describe, expect, it } from 'vitest';
import { choiceColumn, floatColumn, wordColumn } from './column.ts';

describe('floatColumn', () => {
  it('takes the numbers that SQL Server has', () => {
    const { schema, sqlType } = floatColumn();
    expect(sqlType).toBe('FLOAT');
    expect([0.1, -1e308, 5].map((value) => schema.parse(value))).toEqual([0.1, -1e308, 5]);
    for (const value of ['1', null, Number.NaN, Infinity, 1n]) expect(schema.safeParse(value).success).toBe(false);
  });
});

describe('choiceColumn', () => {
  it('takes its values only, as they are spelled', () => {
    const column = choiceColumn(32, ['hybrid', 'none'], { nullable: true });
    expect(column).toMatchObject({ sqlType: 'NVARCHAR(32)', nullable: true, values: ['hybrid', 'none'] });
    expect([column.schema.parse('hybrid'), column.schema.parse(null)]).toEqual(['hybrid', null]);
    for (const value of ['Hybrid', '', 'other', 1]) expect(column.schema.safeParse(value).success).toBe(false);
  });
});

describe('wordColumn', () => {
  it('takes any word of its length', () => {
    const { schema, sqlType, isWord } = wordColumn(16);
    expect({ sqlType, isWord }).toEqual({ sqlType: 'NVARCHAR(16)', isWord: true });
    expect(schema.parse('TEST')).toBe('TEST');
    for (const value of ['', 'two words', 'x'.repeat(17), null]) expect(schema.safeParse(value).success).toBe(false);
  });
});
