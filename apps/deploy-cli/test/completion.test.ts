import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { hartonomous } from './hartonomous.ts';

const scriptOf = async (shell: string) => {
  const { exitCode, stdout, stderr } = await hartonomous(['completion', shell]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
};

/** What bash offers where the line ends. */
function completed(script: string, line: readonly string[]): string[] {
  const words = ['hartonomous', ...line].map((word) => `'${word}'`).join(' ');
  const { stdout, stderr } = spawnSync(
    'bash',
    [
      '--norc',
      '-c',
      `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=${line.length}; _hartonomous; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash completes commands, subcommands, options, and the choices of options and arguments', async () => {
  const script = await scriptOf('bash');
  expect(completed(script, ['dea'])).toEqual(['deadletter']);
  expect(completed(script, ['deadletter', ''])).toEqual(
    expect.arrayContaining(['groups', 'list', 'show', 'replay', 'purge', '--help']),
  );
  expect(completed(script, ['database', 'deploy', '--dry'])).toEqual(['--dry-run']);
  expect(completed(script, ['deadletter', 'list', '--queue', 'em'])).toEqual(['embedding']);
  expect(completed(script, ['deadletter', 'list', '--state', ''])).toEqual(['PENDING', 'REPLAYED', 'DISCARDED']);
  expect(completed(script, ['completion', 'z'])).toEqual(['zsh']);
  // What isn't a command is passed over.
  expect(completed(script, ['lineage', '12345', '--js'])).toEqual(['--json']);
});

test.each(['zsh', 'pwsh'])('%s has every command too', async (shell) => {
  const script = await scriptOf(shell);
  for (const path of ['database deploy', 'deadletter replay', 'doctor', 'config explain'])
    expect(script).toContain(`'${path}'`);
});

test('another shell is wrong usage', async () => {
  expect(await hartonomous(['completion', 'fish'])).toMatchObject({ exitCode: 2 });
});

test('nothing in a script needs quoting', async () => {
  const { stdout } = await hartonomous(['completion', 'bash', '--json']);
  const { commands } = JSON.parse(stdout) as {
    commands: {
      path: string;
      subcommands: string[];
      choices: string[];
      options: { flag: string; choices: string[] }[];
    }[];
  };
  for (const { path, subcommands, choices, options } of commands) {
    const words = [...subcommands, ...choices, ...options.flatMap((option) => [option.flag, ...option.choices])];
    for (const word of [...path.split(' '), ...words]) expect(word).toMatch(/^[\w.-]*$/);
  }
});
