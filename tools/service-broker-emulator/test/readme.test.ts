import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from './clients/client-fixture.ts';

const folder = join(import.meta.dirname, '..');

test('the first lines of the README run as they stand', async () => {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(folder, 'README.md'), 'utf8')) ?? [];
  expect(program?.trim().split('\n').length).toBeLessThanOrEqual(25);
  const args = ['--conditions=@hartonomous/source', '--input-type=module-typescript', '--eval', program ?? ''];
  const output = await runProgram(process.execPath, args, { cwd: folder });
  expect(output.trim()).toBe("[ { message_type_name: 'DEFAULT', body: '<work>1</work>' } ]");
});
