import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmulatorServer } from '../emulator-server.ts';
import type { EngineSession, ResultSink, StatementCompletion } from '../session-contract.ts';

/**
 * Which statements end with a DONE of their own: each but declarations, says [MS-TDS] 2.2.7.7; which ones in a procedure is
 * what go-mssqldb's TestSprocWithCursorNoResult counts on a real server.
 */

let server: EmulatorServer;
let session: EngineSession;

beforeAll(async () => {
  server = new EmulatorServer({ data: ':memory:', administratorPassword: 'right', serverName: 'test' });
  session = await server.login({
    userName: 'sa',
    password: 'right',
    database: 'master',
    hostName: '',
    applicationName: '',
    odbc: true,
    language: '',
  });
});
afterAll(() => server[Symbol.asyncDispose]());

async function answerTo(sql: string): Promise<string[]> {
  const tokens: string[] = [];
  const nothing = (): void => {};
  const ended =
    (token: string) =>
    ({ rowCount, error, always }: StatementCompletion): void => {
      // The wire leaves out what ends in a procedure with neither count nor error, unless it is always told.
      if (token === 'inProcedure' && rowCount === undefined && error !== true && always !== true) return;
      tokens.push(rowCount === undefined ? token : `${token} ${rowCount}`);
    };
  const sink: ResultSink = {
    columns: () => void tokens.push('columns'),
    row: nothing,
    statementDone: ended('done'),
    statementDoneInProcedure: ended('inProcedure'),
    procedureDone: () => void tokens.push('procedure'),
    returnValue: nothing,
    error: ({ number }) => void tokens.push(`error ${number}`),
    info: ({ text }) => void tokens.push(text),
    environment: nothing,
    drained: () => undefined,
  };
  await session.batch(sql, sink, new AbortController().signal);
  return tokens;
}

test('PRINT ends with DONE', async () => {
  expect(await answerTo("PRINT 'a'; SELECT 1 AS n; PRINT 'b'")).toEqual([
    'a',
    'done',
    'columns',
    'done 1',
    'b',
    'done',
  ]);
});

const loop = `DECLARE @n int;
  DECLARE c CURSOR FOR SELECT 1 UNION SELECT 2;
  OPEN c; FETCH NEXT FROM c INTO @n;
  WHILE @@FETCH_STATUS = 0 BEGIN PRINT @n; FETCH NEXT FROM c INTO @n; END
  CLOSE c; DEALLOCATE c;`;

test('a loop over a cursor in a procedure ends twelve statements', async () => {
  await answerTo(`CREATE PROCEDURE dbo.Loops AS BEGIN ${loop} END`);
  const answer = await answerTo('EXEC dbo.Loops');
  expect(answer.filter((token) => token === 'inProcedure')).toHaveLength(12);
  expect(answer.at(-1)).toBe('procedure');
});

test('NOCOUNT silences those of procedures', async () => {
  await answerTo(`CREATE PROCEDURE dbo.Silent AS BEGIN SET NOCOUNT ON; ${loop} END`);
  expect(await answerTo('EXEC dbo.Silent')).toEqual(['1', '2', 'procedure']);
});

test('a killed session that is disposed of again leaves the session alone that has its number by then', async () => {
  const login = server.logins.authenticate('sa', 'right');
  const killed = server.openSession(login, 'master', '', '');
  await killed.kill();
  const next = server.openSession(login, 'master', '', '');
  expect(next.sessionId).toBe(killed.sessionId);
  await killed[Symbol.asyncDispose]();
  expect(server.sessions.get(next.sessionId)).toBe(next);
  await next[Symbol.asyncDispose]();
});

test('a login with a new password has it from then on', async () => {
  await answerTo("CREATE LOGIN Changing WITH PASSWORD = 'old'");
  await answerTo('ALTER SERVER ROLE sysadmin ADD MEMBER Changing');
  const attempt = async (password: string, newPassword?: string): Promise<number> => {
    const facts = {
      userName: 'Changing',
      database: 'master',
      hostName: '',
      applicationName: '',
      odbc: true,
      language: '',
    };
    try {
      await using _session = await server.login({
        ...facts,
        password,
        ...(newPassword === undefined ? {} : { newPassword }),
      });
      return 0;
    } catch (error) {
      return (error as { number: number }).number;
    }
  };
  expect(await attempt('wrong', 'new')).toBe(18456);
  expect(await attempt('old', '')).toBe(18464);
  expect(await attempt('old', 'new')).toBe(0);
  expect([await attempt('old'), await attempt('new')]).toEqual([18456, 0]);
});
