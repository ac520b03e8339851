import { expect, test } from 'vitest';
import { EmulatorServer } from '../emulator-server.ts';
import type { ResultSink } from '../session-contract.ts';

function sinkOf(row: () => void, errors: number[]): ResultSink {
  const nothing = (): void => {};
  return {
    columns: nothing,
    row,
    statementDone: nothing,
    statementDoneInProcedure: nothing,
    procedureDone: nothing,
    returnValue: nothing,
    error: (error) => errors.push(error.number),
    info: nothing,
    environment: nothing,
    drained: () => undefined,
  };
}

test('rows are handed on as they come: few are ever held', async () => {
  await using server = new EmulatorServer({ data: ':memory:', administratorPassword: 'right', serverName: 'test' });
  await using session = await server.login({
    userName: 'sa',
    password: 'right',
    database: 'master',
    hostName: '',
    applicationName: '',
    odbc: true,
    language: '',
  });
  const { signal } = new AbortController();
  const errors: number[] = [];
  await session.batch(
    'CREATE SEQUENCE dbo.Produced START WITH 1',
    sinkOf(() => {}, errors),
    signal,
  );
  const sequence = server.databases.require('master').catalog.find('dbo', 'Produced');
  if (sequence?.kind !== 'sequence') throw new Error('the sequence is there');
  let handed = 0;
  let mostHeld = 0;
  const count = (): void => {
    handed += 1;
    mostHeld = Math.max(mostHeld, Number(sequence.state.current ?? 0n) - handed);
  };
  await session.batch(
    'SELECT NEXT VALUE FOR dbo.Produced AS n FROM GENERATE_SERIES(1, 20000)',
    sinkOf(count, errors),
    signal,
  );
  expect(errors).toEqual([]);
  expect(handed).toBe(20_000);
  expect(mostHeld).toBeLessThanOrEqual(256);
});
