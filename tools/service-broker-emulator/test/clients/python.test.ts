import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceBrokerEmulator } from '../../src/index.ts';
import { cachedFolder } from './client-cache.ts';
import { clientPassword, findingsOf, isAvailable, runProgram, startForClients } from './client-fixture.ts';

const version = '1.16.0';
const python = ['python3', 'python'].find((command) =>
  isAvailable(command, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']),
);
/** Microsoft's driver loads it by name; few minimal images have it. */
const hasLibltdl =
  python !== undefined &&
  (process.platform !== 'linux' || isAvailable(python, ['-c', "import ctypes; ctypes.CDLL('libltdl.so.7')"]));
const missing =
  python === undefined
    ? 'no Python 3.10 or newer with venv'
    : hasLibltdl
      ? undefined
      : 'no libltdl.so.7 (package libltdl7)';

/** A virtual environment with the driver; one per interpreter, as it refers to it. */
async function environment(interpreter: string): Promise<string> {
  const id = (await runProgram(interpreter, ['-c', 'import sys; print(sys.implementation.cache_tag)'])).trim();
  const folder = await cachedFolder(`mssql-python-${version}-${id}`, async (path) => {
    await runProgram(interpreter, ['-m', 'venv', path]);
    await runProgram(join(path, scripts, 'python'), ['-m', 'pip', 'install', '--quiet', `mssql-python==${version}`]);
  });
  return join(folder, scripts, 'python');
}
const scripts = process.platform === 'win32' ? 'Scripts' : 'bin';

if (missing !== undefined) {
  test(`Microsoft ODBC Driver 18 through mssql-python: not available: ${missing}`, () => expect(missing).not.toBe(''));
} else {
  describe('Microsoft ODBC Driver 18 through mssql-python', () => {
    let emulator: ServiceBrokerEmulator;
    let findings: Map<string, unknown>;

    beforeAll(async () => {
      emulator = await startForClients();
      const program = join(import.meta.dirname, 'python/client.py');
      const executable = await environment(python ?? '');
      findings = findingsOf(await runProgram(executable, [program, String(emulator.port), clientPassword]));
    }, 180_000);
    afterAll(() => emulator?.[Symbol.asyncDispose]());

    const failure = (kind: string, text: string) => ({ kind, text: expect.stringContaining(text) });

    test.each<[string, unknown]>([
      ['encrypted login', ['sa', 'App']],
      ['distrust', failure('OperationalError', 'certificate verify failed')],
      ['wrong password', failure('OperationalError', "Login failed for user 'sa'.")],
      ['parameters that came back different', []],
      ['null', null],
      ['transactions', ['committed']],
      ['prepared, many times', [100, 4950, 'row 99']],
      ['error of a procedure', failure('ProgrammingError', '[SQL Server]Zażółć: it failed.')],
      ['error of a statement', failure('DataError', '[SQL Server]Divide by zero error encountered.')],
      ['missing object', failure('ProgrammingError', "[SQL Server]Invalid object name 'dbo.absent'.")],
      ['several results', [[[1]], [[2, 'x']]]],
      ['message', '<note>ż</note>'],
      ['time-out', { text: expect.stringContaining('Query timeout expired'), early: true }],
      ['after the time-out', 1],
    ])('%s', (name, expected) => {
      expect(findings.get(name)).toEqual(expected);
    });
  });
}
