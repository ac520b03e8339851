import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceBrokerEmulator } from '../../src/index.ts';
import { cachedFolder } from './client-cache.ts';
import { clientPassword, findingsOf, isAvailable, runProgram, startForClients } from './client-fixture.ts';

const version = '13.6.2.jre11';
const maven = process.platform === 'win32' ? 'mvn.cmd' : 'mvn';
/** Single-file source programs with switch patterns need 17; --version of the compiler tells a JRE apart. */
const hasJava = isAvailable('javac', ['--release', '17', '--version']);
const missing = !hasJava ? 'no JDK 17 or newer' : isAvailable(maven, ['--version']) ? undefined : 'no Maven';

function driver(): Promise<string> {
  return cachedFolder(`mssql-jdbc-${version}`, async (path) => {
    await runProgram(maven, [
      '-q',
      '-B',
      'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
      `-Dartifact=com.microsoft.sqlserver:mssql-jdbc:${version}`,
      `-DoutputDirectory=${path}`,
    ]);
  });
}

if (missing !== undefined) {
  test(`mssql-jdbc: not available: ${missing}`, () => expect(missing).not.toBe(''));
} else {
  describe('mssql-jdbc', () => {
    let emulator: ServiceBrokerEmulator;
    let findings: Map<string, unknown>;

    beforeAll(async () => {
      emulator = await startForClients();
      const jar = join(await driver(), `mssql-jdbc-${version}.jar`);
      const program = join(import.meta.dirname, 'java/Client.java');
      findings = findingsOf(await runProgram('java', ['-cp', jar, program, String(emulator.port), clientPassword]));
    }, 180_000);
    afterAll(() => emulator?.[Symbol.asyncDispose]());

    test.each<[string, unknown]>([
      ['encrypted login', ['sa', 'App']],
      ['distrust', expect.objectContaining({ sqlState: '08S01', message: expect.stringContaining('PKIX') })],
      ['wrong password', expect.objectContaining({ number: 18456, message: "Login failed for user 'sa'." })],
      ['parameters that came back different', []],
      [
        'metadata',
        [['Note'], ['id', 'text'], ['id'], [], ['Twice;1'], ['@RETURN_VALUE', '@in', '@out'], true, true, true],
      ],
      ['transactions', [1, 'committed']],
      ['prepared, ten times', 110],
      ['prepared batch', [100, 4950, 'row 99']],
      ['table-valued parameter', [50, 49, 1225]],
      ['output and status', [42, 42]],
      [
        'error of a procedure',
        { number: 50123, sqlState: 'S0007', state: 7, line: 3, procedure: 'Fail', message: 'Zażółć: it failed.' },
      ],
      ['error of a statement', expect.objectContaining({ number: 8134, state: 1, line: 3 })],
      ['several results', [1, 'updated 1', 'x']],
      ['message', 'note'],
      ['time-out', true],
      ['after the time-out', [1]],
    ])('%s', (name, expected) => {
      expect(findings.get(name)).toEqual(expected);
    });
  });
}
