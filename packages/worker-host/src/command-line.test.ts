import { expect, test } from 'vitest';
import { helpText, parseCommandLine } from './command-line.ts';
import { UsageError } from './errors.ts';

test('options, logging and settings are told apart', () => {
  expect(
    parseCommandLine(
      ['--config', '/etc/h', '--Neo4j:Uri=bolt://graph:7687', '--log-level=debug', '--Worker:Readers=5'],
      'clock',
    ),
  ).toEqual({
    action: 'run',
    configFolder: '/etc/h',
    environment: undefined,
    settings: ['--Neo4j:Uri=bolt://graph:7687', '--Worker:Readers=5'],
    logging: ['--log-level=debug'],
  });
});

test.each(['help', 'version', 'check'] as const)('--%s is an action of its own', (action) => {
  expect(parseCommandLine([`--${action}`], 'clock').action).toBe(action);
});

test.each([['--chek'], ['stray'], ['--config']])('%s is refused', (argument) => {
  expect(() => parseCommandLine([argument], 'clock')).toThrow(UsageError);
});

test('the help names the command and shows its examples', () => {
  const text = helpText({ name: 'clock', summary: 'Tells the time.', examples: ['clock --check'] });
  expect(text).toContain('Usage: clock [options]');
  expect(text).toContain('Examples:\n  clock --check\n');
});
