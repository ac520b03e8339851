import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectPool } from '../process/connect-pool.ts';
import { EmulatorProcess } from '../process/emulator-process.ts';
import { doneTokens, RawClient } from '../tds/raw-client.ts';
import { inParallel, serves } from './fuzz-runs.ts';

/** The password that {@link RawClient} logs in with. */
const saPassword = 'right';
const connections = 500;
const floodedLogins = 1000;

let emulator: EmulatorProcess;
let port: number;

beforeAll(async () => {
  emulator = new EmulatorProcess(['--port', '0', '--database', 'App'], { MSSQL_SA_PASSWORD: saPassword });
  port = await emulator.port;
});
afterAll(() => emulator[Symbol.asyncDispose]());

test(`${connections} clients that connect at once are all served, and are gone when they have left`, async () => {
  const clients = await Promise.all(Array.from({ length: connections }, () => RawClient.logIn(port)));
  for (const client of clients) client.batch('DECLARE @a int; SELECT @a = COUNT(*) FROM sys.dm_exec_sessions;');
  const answers = await Promise.all(clients.map((client) => client.message()));
  for (const answer of answers) expect(doneTokens(answer)).toEqual(['DONE 0x10 count 1']);
  await using pool = await connectPool(port, { password: saPassword });
  const sessions = async (): Promise<number> =>
    (await pool.request().query('SELECT COUNT(*) AS n FROM sys.dm_exec_sessions WHERE session_id > 50')).recordset[0].n;
  expect(await sessions()).toBeGreaterThan(connections);
  for (const client of clients) client[Symbol.dispose]();
  const deadline = performance.now() + 10_000;
  while ((await sessions()) > 1) expect(performance.now()).toBeLessThan(deadline);
});

test(`a flood of ${floodedLogins} wrong logins, 50 at a time, does not keep others out`, async () => {
  let flooding = true;
  const flood = inParallel(floodedLogins, 50, async () => {
    await expect(connectPool(port, { password: 'wrong' })).rejects.toMatchObject({ code: 'ELOGIN' });
  }).finally(() => {
    flooding = false;
  });
  let served = 0;
  while (flooding) {
    await serves(port, saPassword);
    served += 1;
  }
  await flood;
  expect(served).toBeGreaterThan(3);
});
