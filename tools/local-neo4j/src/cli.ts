#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { LocalNeo4jError } from './errors.ts';
import { defaultNeo4jVersion, newestNeo4jVersion } from './options.ts';
import { type LocalNeo4j, startLocalNeo4j } from './start-local-neo4j.ts';

interface CliOptions {
  readonly port: number;
  readonly httpPort?: number;
  readonly data?: string;
  readonly uri?: string;
  readonly username: string;
  readonly password: string;
  readonly heap: string;
  readonly pageCache: string;
  readonly neo4jVersion: string;
  readonly javaHome?: string;
  readonly tls?: boolean;
  readonly json?: boolean;
}

const examples = `
Examples:
  $ local-neo4j                                   port 7687, data gone on exit
  $ local-neo4j --port 0 --json                   any free port; one JSON line says which
  $ local-neo4j --data ./graph --http-port 7474   keeps its data; Neo4j Browser on http://localhost:7474
  $ local-neo4j --uri bolt://localhost:7687       only checks that one is there
  $ local-neo4j --neo4j-version ${newestNeo4jVersion} --tls   another version (Java 21), bolt+ssc://localhost:7687

The password can also be given in the environment variable LOCAL_NEO4J_PASSWORD, where other users can't see it.
Exit codes: 0 stopped as asked, 1 could not start (the message says why and what to do).`;

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return port;
}

const program = new Command('local-neo4j')
  .description('Runs a real Neo4j Community on this machine until Ctrl-C.')
  .option('--port <port>', 'Bolt port on 127.0.0.1, 0 for a free one', portNumber, 7687)
  .option('--http-port <port>', 'also open the HTTP API and browser on this port', portNumber)
  .option('--data <folder>', 'keep data here (default: a temporary folder)')
  .option('--uri <uri>', 'use a running server instead of starting one')
  .option('--username <name>', 'user name, with --uri', 'neo4j')
  .option('--password <password>', 'at least 8 characters', process.env.LOCAL_NEO4J_PASSWORD ?? 'neo4jneo4j')
  .option('--heap <size>', 'Java heap', '512m')
  .option('--page-cache <size>', 'memory for store files', '64m')
  .option('--neo4j-version <version>', 'full version of Neo4j', defaultNeo4jVersion)
  .option('--java-home <folder>', 'the Java to use (default: JAVA_HOME, PATH, then others on this machine)')
  .option('--tls', 'encrypted connections only, with a certificate made at each start')
  .option('--json', 'print one JSON object instead of text')
  .addHelpText('after', examples)
  .action(run);

async function run(options: CliOptions): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    await using server = await startLocalNeo4j({
      uri: options.uri,
      port: options.port,
      httpPort: options.httpPort,
      dataDir: options.data,
      username: options.username,
      password: options.password,
      heap: options.heap,
      pageCache: options.pageCache,
      version: options.neo4jVersion,
      javaHome: options.javaHome,
      tls: options.tls === true ? 'required' : 'off',
      optimizeFor: 'throughput',
      signal: stop.signal,
      onProgress: (line) => process.stderr.write(`${line}\n`),
    });
    process.stdout.write(options.json === true ? jsonLine(server) : text(server));
    if (server.runsOn !== 'given') await untilAborted(stop.signal);
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) return;
    report(error, options.json === true);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const done = Promise.withResolvers<void>();
  // A pending promise doesn't keep the process alive; this timer does, and does nothing else.
  const keepAlive = setInterval(() => undefined, 2 ** 30);
  const finish = () => {
    clearInterval(keepAlive);
    done.resolve();
  };
  if (signal.aborted) finish();
  else signal.addEventListener('abort', finish, { once: true });
  return done.promise;
}

function facts(server: LocalNeo4j): Record<string, string | number | undefined> {
  const { uri, httpUri, certificateFile, username, version, edition, runsOn, dataDir, startedInMs } = server;
  return { uri, httpUri, certificateFile, username, version, edition, runsOn, dataDir, startedInMs };
}

function jsonLine(server: LocalNeo4j): string {
  return `${JSON.stringify(facts(server))}\n`;
}

function text(server: LocalNeo4j): string {
  const lines = [`Neo4j ${server.version} (${server.edition}) answers at ${server.uri}, user ${server.username}.`];
  if (server.httpUri !== undefined) lines.push(`Browser: ${server.httpUri}`);
  if (server.certificateFile !== undefined) lines.push(`Certificate: ${server.certificateFile}`);
  if (server.runsOn !== 'given')
    lines.push(`Started in ${server.startedInMs} ms. Data: ${server.dataDir}`, 'Ctrl-C stops it.');
  return `${lines.join('\n')}\n`;
}

function report(error: unknown, json: boolean): void {
  if (!(error instanceof LocalNeo4jError)) throw error;
  process.exitCode = 1;
  process.stderr.write(
    json ? `${JSON.stringify({ error: error.code, message: error.message })}\n` : `${error.code}: ${error.message}\n`,
  );
}

await program.parseAsync();
