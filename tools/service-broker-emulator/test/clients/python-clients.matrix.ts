import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceBrokerEmulator } from '../../src/index.ts';
import { cachedFolder } from './client-cache.ts';
import { clientPassword, findingsOf, isAvailable, runProgram, startForClients } from './client-fixture.ts';

/** Versions that were seen to work; all of one day, so that they fit each other. */
const packages = [
  'pyodbc==5.2.0',
  'pymssql==2.3.7',
  'SQLAlchemy==2.0.43',
  'mssql-python==1.16.0',
  'Django==5.1.12',
  'mssql-django==1.6',
];

const hasPython = isAvailable('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']);
/** The driver is loaded by unixODBC's manager, which few minimal images have. */
const hasOdbc =
  process.platform === 'linux' &&
  isAvailable('python3', ['-c', "import ctypes; ctypes.CDLL('libodbc.so.2'); ctypes.CDLL('libltdl.so.7')"]);

async function environment(): Promise<string> {
  const id = (await runProgram('python3', ['-c', 'import sys; print(sys.implementation.cache_tag)'])).trim();
  const folder = await cachedFolder(`python-clients-1-${id}`, async (path) => {
    await runProgram('python3', ['-m', 'venv', path]);
    await runProgram(join(path, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...packages]);
  });
  return join(folder, 'bin/python');
}

const clients: readonly {
  readonly name: string;
  readonly program: string;
  readonly odbc: boolean;
  readonly findings: object;
}[] = [
  {
    name: 'pyodbc',
    program: 'pyodbc',
    odbc: true,
    findings: {
      'fractions of seconds': true,
      rows: [3, 2046],
      columns: ['id', 'd', 'g'],
      'primary key': ['id'],
      tables: ['Odbc'],
      types: expect.any(Number),
      indexes: ['id'],
    },
  },
  {
    name: 'pymssql (FreeTDS)',
    program: 'pymssql',
    odbc: false,
    findings: { 'rows, two of them by bulk copy': { n: 4, d: 2 }, 'rolled back': { n: 4 } },
  },
  { name: "mssql-python's bulk copy", program: 'bulkcopy', odbc: true, findings: { rows: 2 } },
  {
    name: 'SQLAlchemy',
    program: 'sqlalchemy',
    odbc: true,
    findings: {
      'pyodbc: joined': 2,
      'pyodbc: reflected': ['author', 'book'],
      'pyodbc: refers to': 'author',
      'pymssql: joined': 2,
      'pymssql: reflected': ['author', 'book'],
      'pymssql: refers to': 'author',
    },
  },
  { name: 'Django', program: 'django', odbc: true, findings: { users: 1, introspected: true } },
];

describe('clients of Python', () => {
  let emulator: ServiceBrokerEmulator;
  let python = '';

  beforeAll(async () => {
    if (!hasPython) return;
    emulator = await startForClients();
    python = await environment();
  }, 900_000);
  afterAll(() => emulator?.[Symbol.asyncDispose]());

  for (const { name, program, odbc, findings } of clients) {
    const missing = !hasPython
      ? 'no Python 3.10 or newer with venv'
      : odbc && !hasOdbc
        ? 'no libodbc2, libltdl7'
        : undefined;
    if (missing !== undefined) {
      test(`${name}: not available: ${missing}`, () => expect(missing).not.toBe(''));
      continue;
    }
    test(name, async () => {
      const script = join(import.meta.dirname, 'python/orms.py');
      const output = await runProgram(python, [script, program, String(emulator.port), clientPassword]);
      expect(Object.fromEntries(findingsOf(output))).toEqual(findings);
    });
  }
});
