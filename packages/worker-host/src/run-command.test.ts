import { expect, test } from 'vitest';
import { runCommand, type WorkerCommand } from './run-command.ts';

function commandThatThrows(error: unknown): WorkerCommand<object> {
  return {
    help: { summary: 'Does nothing.', examples: [] },
    name: 'thrower',
    version: () => '1.0.0',
    displayName: 'Thrower',
    load: () => Promise.reject(error),
    isForPeople: () => false,
    worker: () => expect.unreachable(),
  };
}

test('an error that nobody expected is told without the fields in which clients keep keys, and nothing of it acts on a terminal', async () => {
  const request = { headers: { authorization: 'hunter22' }, url: 'https://x/?sig=hunter22' };
  const error = Object.assign(new Error('GET https://x/?sig=hunter22 failed \u001b[31m'), { request });
  let stderr = '';
  const exitCode = await runCommand(commandThatThrows(error), ['--check'], {
    env: {},
    stdout: { write: () => expect.unreachable() },
    stderr: { write: (text) => (stderr += text) },
    forceExit: () => expect.unreachable(),
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    'thrower: this is a defect, please report it.\nError: GET https://x/?sig=*** failed \\u001b[31m\n',
  );
  expect(stderr).toContain('run-command.test.ts');
  expect(stderr).not.toContain('hunter22');
});
