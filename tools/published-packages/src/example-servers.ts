import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** Servers that examples connect to, on free ports of this machine. */
export interface ExampleServers extends AsyncDisposable {
  /** Of the SQL Server stand-in. */
  readonly sqlPort: number;
  readonly neo4jUri: string;
  /** Of something that answers every request with 200. */
  readonly printerUrl: string;
}

/** The password of both servers. */
export const examplePassword = 'Example!Password1';

/**
 * Starts what examples connect to, from the installed tarballs: SQL Server's stand-in with the objects that the READMEs' examples are written
 * for, and Neo4j.
 *
 * @param project where the packages are installed
 * @param scripts databases, and the SQL that makes their objects
 */
export async function startExampleServers(
  project: string,
  scripts: Readonly<Record<string, string>>,
): Promise<ExampleServers> {
  await using stack = new AsyncDisposableStack();
  const init = join(project, 'init');
  await mkdir(init);
  for (const [database, text] of Object.entries(scripts))
    await writeFile(join(init, `${database}.sql`), `USE [${database}];\nGO\n${text}\n`);
  const databases = Object.keys(scripts).flatMap((name) => ['--database', name]);
  const sql = stack.use(
    await startServer(project, 'service-broker-emulator', ['--port', '0', '--json', ...databases, '--init', init], {
      MSSQL_SA_PASSWORD: examplePassword,
    }),
  );
  const neo4j = stack.use(
    await startServer(project, 'local-neo4j', ['--port', '0', '--json'], { LOCAL_NEO4J_PASSWORD: examplePassword }),
  );
  const printer = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(printer, 'listening');
  stack.defer(() => {
    printer.closeAllConnections();
    printer.close();
  });
  const { port } = z.object({ port: z.number() }).parse(printer.address());
  const owned = stack.move();
  return {
    sqlPort: z.object({ port: z.number() }).parse(sql.facts).port,
    neo4jUri: z.object({ uri: z.string() }).parse(neo4j.facts).uri,
    printerUrl: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface StartedServer extends AsyncDisposable {
  /** What it printed as one line of JSON when it was there. */
  readonly facts: unknown;
}

async function startServer(
  project: string,
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<StartedServer> {
  const program = join(project, 'node_modules/@hartonomous', name, 'dist/cli.js');
  const child = spawn(process.execPath, [program, ...args], {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    windowsHide: true,
  });
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    return { facts: JSON.parse(line), [Symbol.asyncDispose]: end };
  }
  throw new Error(`${name} ended before it was there.`);
}
