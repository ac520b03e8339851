import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Output } from './output.ts';

function outputOf(say: (output: Output) => void, isJson = false): { stdout: string; stderr: string } {
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  say(new Output({ stdout: sink('stdout'), stderr: sink('stderr') }, isJson, true));
  return written;
}

const failure = (message: string, action: string | null = null) => ({
  code: 'CODE',
  message,
  action,
  kind: 'failed' as const,
});

const ways: readonly [string, (output: Output, text: string) => void][] = [
  ['a line', (output, text) => output.line(text)],
  ['a line that goes on', (output, text) => output.text(text)],
  ['a detail', (output, text) => output.detail(text)],
  ['a verbose line', (output, text) => output.verbose(text)],
  ['a warning', (output, text) => output.warning(text)],
  ['an aside', (output, text) => output.aside(text)],
  ['a document', (output, text) => output.document({ [text]: [text] })],
  ['a failure', (output, text) => output.failure(failure(text, text))],
  ['a defect', (output, text) => output.unexpected(new Error(text))],
];

describe.each(ways.flatMap(([way, say]) => [false, true].map((isJson) => ({ way, say, isJson }))))(
  '$way, as JSON: $isJson',
  ({ say, isJson }) => {
    test('property: nothing of a text acts on the terminal', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => {
          const { stdout, stderr } = outputOf((output) => say(output, text), isJson);
          expect(`${stdout}${stderr}`).not.toMatch(/(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
          if (isJson && stdout !== '') expect(() => JSON.parse(stdout)).not.toThrow();
        }),
      );
    });
  },
);

test('a line feed in a line is data, and in an error it is set in, so that neither can forge a line', () => {
  const forged = 'a\n✓ all is well';
  expect(outputOf((output) => output.line(forged)).stdout).toBe('a\\n✓ all is well\n');
  expect(outputOf((output) => output.detail(forged)).stdout).toBe('      a\n      ✓ all is well\n');
  expect(outputOf((output) => output.failure(failure(forged))).stderr).toBe('CODE: a\n  ✓ all is well\n');
});

test('errors show no secrets, as text and as JSON', () => {
  const text = 'login with Server=db;Password=hunter22; at bolt://neo4j:hunter22@db failed';
  for (const isJson of [false, true]) {
    for (const say of [
      (output: Output) => output.warning(text),
      (output: Output) => output.failure(failure(text, text)),
      (output: Output) => output.unexpected(new Error(text)),
    ]) {
      const { stdout, stderr } = outputOf(say, isJson);
      expect(`${stdout}${stderr}`).not.toContain('hunter22');
    }
  }
});

test('every command prints through the one class that escapes', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const printing = globSync('**/*.ts', { cwd: folder })
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => /std(?:out|err)\.write|\bconsole\./.test(readFileSync(`${folder}${file}`, 'utf8')))
    .sort();
  expect(printing).toEqual(['main.ts', 'output.ts', 'run-cli.ts', 'write-settings-schema.ts']);
});
