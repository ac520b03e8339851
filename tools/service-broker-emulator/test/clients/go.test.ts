import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceBrokerEmulator } from '../../src/index.ts';
import { clientPassword, findingsOf, isAvailable, runProgram, startForClients } from './client-fixture.ts';

const module = join(import.meta.dirname, 'go');
/** Fails without Go, and with one older than go.mod asks for (nothing newer is fetched for a test). */
const missing = isAvailable('go', ['list', '-m'], { cwd: module, env: { GOTOOLCHAIN: 'local' } })
  ? undefined
  : 'no Go of the version in go.mod';

if (missing !== undefined) {
  test(`go-mssqldb: not available: ${missing}`, () => expect(missing).not.toBe(''));
} else {
  describe('go-mssqldb', () => {
    let emulator: ServiceBrokerEmulator;
    let folder: string;
    let findings: Map<string, unknown>;

    beforeAll(async () => {
      emulator = await startForClients();
      folder = await mkdtemp(join(tmpdir(), 'emulator-go-client-'));
      const program = join(folder, process.platform === 'win32' ? 'client.exe' : 'client');
      // -mod=readonly: exactly the versions and sums that go.mod and go.sum name.
      await runProgram('go', ['build', '-mod=readonly', '-buildvcs=false', '-o', program, '.'], {
        cwd: module,
      });
      findings = findingsOf(await runProgram(program, [String(emulator.port), clientPassword]));
    }, 180_000);
    afterAll(async () => {
      await emulator?.[Symbol.asyncDispose]();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    });

    const error = { state: 1, line: 1, procedure: '' };

    test.each<[string, unknown]>([
      ['encrypted login', ['sa', 'App']],
      ['distrust', expect.stringContaining('failed to verify certificate')],
      ['wrong password', { ...error, number: 18456, class: 14, message: "login error: Login failed for user 'sa'." }],
      ['parameters that came back different', []],
      ['null', false],
      ['transactions', ['committed']],
      ['prepared, ten times', 110],
      ['output and status', [42, 42]],
      [
        'error of a procedure',
        { number: 50123, state: 7, class: 16, line: 3, procedure: 'Fail', message: 'Zażółć: it failed.' },
      ],
      [
        'error of a statement',
        { ...error, number: 8134, class: 16, line: 3, message: 'Divide by zero error encountered.' },
      ],
      ['bulk', [1000, 499_500]],
      ['message', 'note'],
      ['time-out', true],
      ['after the time-out', 1],
    ])('%s', (name, expected) => {
      expect(findings.get(name)).toEqual(expected);
    });
  });
}
