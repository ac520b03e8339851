import { spawn, spawnSync } from 'node:child_process';
import sql from 'mssql';
import { type ServiceBrokerEmulator, startServiceBrokerEmulator } from '../../src/index.ts';

/** Password of `sa` for the clients. */
export const clientPassword = 'Client!Password1';

/** Objects that the client programs use; each program has a database of its own. */
const objects: readonly string[] = [
  'CREATE TABLE dbo.Note (id int IDENTITY(1, 1) PRIMARY KEY, text nvarchar(100) NOT NULL)',
  `CREATE PROCEDURE dbo.Fail AS
   BEGIN
     THROW 50123, N'Zażółć: it failed.', 7;
   END`,
  `CREATE PROCEDURE dbo.Twice @in int, @out int OUTPUT AS
   BEGIN
     SET NOCOUNT ON;
     SET @out = @in * 2;
     SELECT @in AS given;
     RETURN 42;
   END`,
  'CREATE QUEUE dbo.NoteQueue',
  'CREATE SERVICE NoteService ON QUEUE dbo.NoteQueue ([DEFAULT])',
];

/** An emulator with the objects of the client programs in the database `App`. */
export async function startForClients(): Promise<ServiceBrokerEmulator> {
  const emulator = await startServiceBrokerEmulator({ port: 0, saPassword: clientPassword, databases: ['App'] });
  const pool = new sql.ConnectionPool({
    server: emulator.host,
    port: emulator.port,
    user: 'sa',
    password: clientPassword,
    database: 'App',
    options: { encrypt: false, trustServerCertificate: true },
  });
  await pool.connect();
  for (const object of objects) await pool.request().batch(object);
  await pool.close();
  return emulator;
}

/** Whether a command is on this machine and runs. Asked while tests are collected, so that their names can tell. */
export function isAvailable(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): boolean {
  const env = { ...process.env, ...options.env };
  return spawnSync(command, args, { ...options, env, stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * Runs a command to its end.
 *
 * @returns its standard output
 * @throws {Error} with all it printed when its exit code is not 0
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const child = spawn(command, args, {
    ...options,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  const exitCode = await promise;
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** What a client program found out: each line of its output is one JSON object with `name` and `value`. */
export function findingsOf(stdout: string): Map<string, unknown> {
  const findings = new Map<string, unknown>();
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { name, value } = JSON.parse(line) as { name: string; value: unknown };
    findings.set(name, value);
  }
  return findings;
}
