import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { CommandContext } from '../src/commands/command-context.ts';
import { allCommands, commandGroups } from '../src/commands/command-groups.ts';
import { hartonomous } from './hartonomous.ts';

const silent = { write: () => undefined };
const context: CommandContext = {
  env: {},
  stdout: silent,
  stderr: silent,
  signal: new AbortController().signal,
  finish: () => undefined,
  useOutput: () => undefined,
};

/** Every command that does something, with its path. */
function leaves(command: Command, path: readonly string[] = []): { path: readonly string[]; command: Command }[] {
  const below = command.commands.flatMap((sub) => leaves(sub, [...path, sub.name()]));
  const acts = path.length > 0 && (command.commands.length === 0 || command.registeredArguments.length > 0);
  return acts ? [{ path, command }, ...below] : below;
}

const commands = leaves(await allCommands(context));

test('the table of commands has every command that there is, once', async () => {
  const program = await allCommands(context);
  const listed = commandGroups.flatMap((group) => group.commands.map(({ name }) => name));
  expect(program.commands.map((command) => command.name()).sort()).toEqual([...listed].sort());
  expect(commands.length).toBeGreaterThan(40);
});

/** The examples in a command's help, as they stand there before it's wrapped. */
function examplesOf(command: Command): readonly string[] {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  const [, examples = ''] = /^Examples?:\n((?: {2}.*\n?)+)/m.exec(help) ?? [];
  return examples.split('\n').filter((line) => line.trim() !== '');
}

/** The words of an example behind `hartonomous`, as a shell parts them, up to where its output goes. */
function wordsOf(example: string): readonly string[] {
  const words = Array.from(
    example.replace(/^.*?\bhartonomous /, '').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g),
    ([whole, single, double, bare]) => ({ whole, word: single ?? double ?? bare ?? '' }),
  );
  const end = words.findIndex(({ whole }) => /^(?:\||>>?)$/.test(whole));
  return words.slice(0, end === -1 ? undefined : end).map(({ word }) => word);
}

/** Runs a command line as far as a command's action; @returns the command's path */
async function commandOf(words: readonly string[]): Promise<string> {
  const program = await allCommands(context);
  let found = '';
  const watch = (command: Command, path: readonly string[]): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    if (command.commands.length === 0 || command.registeredArguments.length > 0) {
      command.action(() => {
        found = path.join(' ');
      });
    }
    for (const sub of command.commands) watch(sub, [...path, sub.name()]);
  };
  watch(program.enablePositionalOptions(), []);
  await program.parseAsync([...words], { from: 'user' });
  return found;
}

describe.each(commands.map(({ path, command }) => [path.join(' '), path, command] as const))(
  '%s',
  (_, path, command) => {
    test('has help with an example and its exit codes, in 80 columns, and --json', async () => {
      const { exitCode, stdout, stderr } = await hartonomous([...path, '--help']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^Examples?:\n {2}.*hartonomous /m);
      expect(stdout).toMatch(/\bExit code\s0:\s/);
      expect(stdout).toMatch(/\b2:\s/);
      // Once: a list of its own, or the usual one.
      expect(stdout.match(/\bExit codes?\s/g)).toHaveLength(1);
      expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
      expect(command.description()).not.toBe('');
      expect(command.options.map(({ long }) => long)).toContain('--json');
    });

    test('has examples of its own that are whole command lines', async () => {
      const examples = examplesOf(command);
      expect(examples).not.toEqual([]);
      for (const example of examples) {
        const found = await commandOf(wordsOf(example));
        expect(`${found} `.startsWith(`${path.join(' ')} `), example).toBe(true);
      }
    });
  },
);
