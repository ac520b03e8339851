import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deployDatabase } from '@hartonomous/operations';
import { ChildService, emulatorPort } from '@hartonomous/test-support';
import mssql from 'mssql';
import { BuildMissingError } from '../errors.ts';

/** Password of a server that lives for one benchmark and listens on the loopback only. */
export const password = 'Bench-4-this-run';
export const databaseName = 'Hartonomous';

/** An emulator in a process of its own, so that its processor time and memory can be told from the client's. */
export interface EmulatorProcess extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** Milliseconds from the start of the process to the line that reports it is listening. */
  readonly startedInMs: number;
}

const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve('@hartonomous/service-broker-emulator'))));

/** @throws {BuildMissingError} when the built command is asked for and there is none */
function command(form: 'source' | 'dist'): readonly string[] {
  if (form === 'source') return ['--conditions=@hartonomous/source', join(packageFolder, 'src/cli.ts')];
  const file = join(packageFolder, 'dist/cli.js');
  if (!existsSync(file)) throw new BuildMissingError(file);
  return [file];
}

/**
 * Starts the emulator's command, in memory and on a free port.
 *
 * @throws {ServiceStartError} when it ends instead of listening
 */
export async function startEmulatorProcess(options: {
  readonly form: 'source' | 'dist';
  readonly profileTo?: string | undefined;
}): Promise<EmulatorProcess> {
  const profile = options.profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profileTo}`];
  const start = performance.now();
  const { service, found: port } = await ChildService.start({
    name: 'The emulator',
    args: [...profile, ...command(options.form), '--port', '0', '--json'],
    env: { ...process.env, MSSQL_SA_PASSWORD: password },
    ready: emulatorPort,
  });
  const startedInMs = performance.now() - start;
  return {
    pid: service.pid ?? 0,
    port,
    startedInMs,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

/** Deploys the database of the SQL project and opens a pool of 8 connections to it. */
export async function connectToDeployed(
  emulator: Pick<EmulatorProcess, 'port'>,
): Promise<mssql.ConnectionPool & AsyncDisposable> {
  await deployDatabase({
    connection: `Server=127.0.0.1,${emulator.port};Database=${databaseName};User Id=sa;Password=${password};TrustServerCertificate=True`,
  });
  const pool = await new mssql.ConnectionPool({
    server: '127.0.0.1',
    port: emulator.port,
    user: 'sa',
    password,
    database: databaseName,
    requestTimeout: 120_000,
    pool: { min: connections, max: connections },
    // A round trip of its own per request: it costs half the calls per second.
    validateConnection: false,
    // Plain TCP: with TLS, the ratio would be one of ciphers.
    options: { encrypt: false, trustServerCertificate: true },
  }).connect();
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() });
}

/** Connections that work at the same time. */
export const connections = 8;
