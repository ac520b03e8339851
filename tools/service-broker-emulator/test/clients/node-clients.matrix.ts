import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceBrokerEmulator } from '../../src/index.ts';
import { cachedFolder } from './client-cache.ts';
import { clientPassword, findingsOf, runProgram, startForClients } from './client-fixture.ts';

/** Versions that were seen to work. */
const dependencies = {
  sequelize: '6.37.8',
  tedious: '18.6.2',
  typeorm: '0.3.31',
  mssql: '11.0.2',
  knex: '3.3.0',
  'reflect-metadata': '0.2.2',
};

function installed(): Promise<string> {
  return cachedFolder('node-clients-1', async (path) => {
    await writeFile(join(path, 'package.json'), JSON.stringify({ name: 'clients', private: true, dependencies }));
    await runProgram('npm', ['install', '--no-audit', '--no-fund', '--silent'], { cwd: path });
  });
}

describe('ORMs of Node', () => {
  let emulator: ServiceBrokerEmulator;
  let folder = '';

  beforeAll(async () => {
    emulator = await startForClients();
    folder = await installed();
  }, 900_000);
  afterAll(() => emulator?.[Symbol.asyncDispose]());

  test.each([
    ['sequelize', { posts: 1, columns: 6, 'after a transaction': 2 }],
    ['typeorm', { books: 1, 'after a cascade': 0 }],
    ['knex', { returned: [{ id: 1 }], rows: 2, 'has the column': true }],
  ])('%s', async (client, findings) => {
    const script = join(import.meta.dirname, 'node/orms.mjs');
    const output = await runProgram(process.execPath, [script, client, String(emulator.port), clientPassword], {
      cwd: folder,
    });
    expect(Object.fromEntries(findingsOf(output))).toEqual(findings);
  });
});
