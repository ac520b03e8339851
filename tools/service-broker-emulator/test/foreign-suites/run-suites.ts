import { parseArgs } from 'node:util';
import sql from 'mssql';
import { startServiceBrokerEmulator } from '../../src/index.ts';
import { goMssqldb } from './go-mssqldb.ts';
import { sqlalchemy } from './sqlalchemy.ts';
import type { Suite } from './suite.ts';

const suites: readonly Suite[] = [goMssqldb, sqlalchemy];

const help = `Runs the test suites of others against the emulator, at pinned versions from their registries, and prints how many
tests pass. Never part of \`pnpm test\`: they take minutes and some of their tests ask for what the emulator does not have.

  pnpm suites                       all of them: ${suites.map(({ name }) => name).join(', ')}
  pnpm suites go-mssqldb            one of them
  pnpm suites sqlalchemy --failures the names of the tests that fail as well
  pnpm suites --json                one JSON object per suite, names of failures included

Needs Go for go-mssqldb, Python 3.10 or newer for sqlalchemy. The suites are kept in the cache of the client tests.
Exit code: 0 when the suites ran, whatever failed in them; 1 when one could not run; 2 for wrong arguments.`;

const password = 'Client!Password1';

async function prepare(port: number, batches: readonly string[]): Promise<void> {
  const options = { encrypt: false, trustServerCertificate: true };
  const pool = new sql.ConnectionPool({ server: '127.0.0.1', port, user: 'sa', password, database: 'App', options });
  await pool.connect();
  for (const batch of batches) await pool.request().batch(batch);
  await pool.close();
}

async function runSuite(suite: Suite, output: { readonly failures: boolean; readonly json: boolean }): Promise<void> {
  const { name, leftOut } = suite;
  if (leftOut !== undefined) console.error(`${name}: left out: ${leftOut}`);
  await using emulator = await startServiceBrokerEmulator({ port: 0, saPassword: password, databases: ['App'] });
  await prepare(emulator.port, suite.preparation);
  const { passed, skipped, failures } = await suite.run({ port: emulator.port, password });
  if (output.json) {
    console.log(JSON.stringify({ suite: name, passed, failed: failures.length, skipped, failures, leftOut }));
    return;
  }
  console.log(`${name}: ${passed} passed, ${failures.length} failed, ${skipped} skipped`);
  if (output.failures) for (const failure of failures) console.log(`  ${failure}`);
}

function parseCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      failures: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => suites.every((suite) => suite.name !== name));
  if (unknown !== undefined) throw new Error(`There is no suite ${unknown}.`);
  const wanted = positionals.length === 0 ? suites : suites.filter(({ name }) => positionals.includes(name));
  return { values, wanted };
}

let options: ReturnType<typeof parseCommandLine> | undefined;
try {
  options = parseCommandLine();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  process.exitCode = 2;
}
if (options?.values.help === true) {
  console.log(help);
} else if (options !== undefined) {
  for (const suite of options.wanted) {
    try {
      await runSuite(suite, options.values);
    } catch (error) {
      console.error(`${suite.name} could not run: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}
