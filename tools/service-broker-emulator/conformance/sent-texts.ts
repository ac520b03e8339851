import { appendFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseBatch } from '../src/tsql/parse.ts';

/** What this process has sent, each text once. */
const sent = new Set<string>();

/** File that gets every text the suite sends, separated by GO; for a look at them with another parser. */
const log = process.env.CONFORMANCE_SQL_LOG;

export function recordText(text: string): void {
  if (sent.has(text)) return;
  sent.add(text);
  if (log !== undefined) appendFileSync(log, `${text}\nGO\n`);
}

/** Registers the test that the emulator's parser takes every text which this file's cases have sent. Goes last. */
export function checkSentTexts(): void {
  test('every T-SQL text that these cases send is valid', () => {
    expect(sent.size).toBeGreaterThan(0);
    for (const text of sent) expect(() => parseBatch(text), text).not.toThrow();
  });
}
