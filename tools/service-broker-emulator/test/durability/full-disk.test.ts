import { expect, test } from 'vitest';
import { connectPool } from '../process/connect-pool.ts';
import { EmulatorProcess } from '../process/emulator-process.ts';
import { temporaryFolder } from '../process/temporary-folder.ts';

test('--max-data-mb: error 1105 like a full filegroup, nothing lost or half done, and room again after deleting', async () => {
  using folder = temporaryFolder();
  await using emulator = new EmulatorProcess([
    '--port',
    '0',
    '--database',
    'App',
    '--data',
    folder.path,
    '--max-data-mb',
    '4',
  ]);
  await using pool = await connectPool(await emulator.port);
  await pool.request().batch('CREATE TABLE dbo.Filler (n int NOT NULL PRIMARY KEY, text nvarchar(max) NOT NULL);');
  const insert = (n: number) =>
    pool.request().query(`BEGIN TRANSACTION;
        INSERT dbo.Filler VALUES (${2 * n}, REPLICATE(CAST(N'x' AS nvarchar(max)), 50000));
        INSERT dbo.Filler VALUES (${2 * n + 1}, N'goes with it');
        COMMIT TRANSACTION;`);
  let stored = 0;
  const fill = async () => {
    for (;;) {
      await insert(stored);
      stored += 1;
    }
  };
  await expect(fill()).rejects.toMatchObject({
    number: 1105,
    class: 17,
    message: expect.stringContaining("because the 'PRIMARY' filegroup is full"),
  });
  expect(stored).toBeGreaterThan(10);
  const rows = async () => (await pool.request().query('SELECT COUNT(*) AS n FROM dbo.Filler')).recordset[0]?.n;
  expect(await rows()).toBe(2 * stored);
  await pool.request().query('DELETE FROM dbo.Filler WHERE n < 10;');
  await insert(stored);
  expect(await rows()).toBe(2 * stored - 10 + 2);
});

test('--max-data-mb takes whole numbers from 1', async () => {
  await using cli = new EmulatorProcess(['--max-data-mb', '0']);
  const { exitCode, stderr } = await cli.ended;
  expect(stderr).toContain('It is a whole number of mebibytes, from 1.');
  expect(exitCode).toBe(2);
});
