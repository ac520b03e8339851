import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { type BenchmarkOptions, parseArguments } from './options.ts';

interface Outcome {
  readonly options?: BenchmarkOptions;
  readonly exitCode?: number;
  readonly out: string;
  readonly error: string;
}

function parse(...argv: string[]): Outcome {
  const printed = { out: '', error: '' };
  const output = {
    out: (text: string) => {
      printed.out += text;
    },
    error: (text: string) => {
      printed.error += text;
    },
  };
  try {
    return { options: parseArguments(argv, output), ...printed };
  } catch (error) {
    if (error instanceof CommanderError) return { exitCode: error.exitCode, ...printed };
    throw error;
  }
}

test('without arguments everything is measured in full and shown as a table', () => {
  expect(parse().options).toEqual({
    quick: false,
    only: [],
    list: false,
    json: false,
    readCommittedSnapshot: 'on',
  });
});

test('--only takes several names', () => {
  expect(parse('--only', 'emulator-start', 'sqlite', '--quick', '--json').options).toEqual({
    quick: true,
    only: ['emulator-start', 'sqlite'],
    list: false,
    json: true,
    readCommittedSnapshot: 'on',
  });
});

test('--read-committed-snapshot takes on and off, and nothing else', () => {
  expect(parse('--read-committed-snapshot', 'off').options).toMatchObject({ readCommittedSnapshot: 'off' });
  const outcome = parse('--read-committed-snapshot', 'maybe');
  expect(outcome.options).toBeUndefined();
  expect(outcome.error).toContain('Allowed choices are on, off');
});

test('--profile names a folder', () => {
  expect(parse('--profile', './profiles').options?.profile).toBe('./profiles');
});

test('--help shows examples and is not a failure', () => {
  const { out, exitCode } = parse('--help');
  expect(exitCode).toBe(0);
  expect(out).toContain('pnpm bench --only emulator-enqueue');
});

test.each([['--only'], ['--fast'], ['enqueue']])('%s is refused', (...argv) => {
  const { exitCode, error } = parse(...argv);
  expect(exitCode).toBe(1);
  expect(error).toContain('error:');
});
