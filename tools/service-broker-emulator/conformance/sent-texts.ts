import { appendFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseBatch } from '../src/tsql/parse.ts';

/** Whether a text is meant to be T-SQL: a valid one may still be refused when it runs. */
export type Meant = 'valid' | 'invalid';

/** What this process has sent, each text once. */
const sent = new Map<string, Meant>();

/**
 * File that gets every valid text the suite sends, separated by GO, for a look at them with another parser; the file
 * beside it, `.invalid` at its end, gets those meant to be syntax errors.
 */
const log = process.env.CONFORMANCE_SQL_LOG;

export function recordText(text: string, meant: Meant): void {
  if (sent.has(text)) return;
  sent.set(text, meant);
  if (log !== undefined) appendFileSync(meant === 'valid' ? log : `${log}.invalid`, `${text}\nGO\n`);
}

/** Registers the test that the emulator's parser and this file's cases agree on what is T-SQL. Goes last. */
export function checkSentTexts(): void {
  test('every T-SQL text that these cases send is valid, but for the syntax errors', () => {
    expect(sent.size).toBeGreaterThan(0);
    for (const [text, meant] of sent) {
      if (meant === 'valid') expect(() => parseBatch(text), text).not.toThrow();
      else expect(() => parseBatch(text), text).toThrow();
    }
  });
}
