import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { mayComeUp, probeServer, type ServerFacts } from './bolt-probe.ts';
import { classArchiveOptions } from './class-archive.ts';
import { Neo4jPortInUseError, Neo4jStartFailedError } from './errors.ts';
import { chooseLauncher, type Launcher, type LaunchPorts } from './launch.ts';
import { consoleFile, logTail } from './log-tail.ts';
import { claimLoopbackPort, isPortFree } from './loopback-port.ts';
import { type LocalNeo4jOptions, type ParsedOptions, parseOptions } from './options.ts';
import { certificateFile } from './server-certificate.ts';
import { ServerProcess } from './server-process.ts';
import { runTypicalStatements } from './typical-statements.ts';

/** Shorter looks burn a core that the server needs to start; longer ones add to the start. */
const pollEveryMs = 50;
/** A free port can be taken by someone else before the server listens on it; a third time isn't a coincidence. */
const portAttempts = 3;

/** A Neo4j to work with. Ends with {@link stop} or `await using`. */
export interface LocalNeo4j extends AsyncDisposable {
  /** For example `bolt://localhost:7687`; `bolt+ssc://` where encryption is required. */
  readonly uri: string;
  /** URI of the HTTP API; `undefined` when it is off or unknown. */
  readonly httpUri: string | undefined;
  /** PEM file that clients may trust the server by (for `bolt+s://`); `undefined` without TLS or for a given server. */
  readonly certificateFile: string | undefined;
  readonly username: string;
  readonly password: string;
  /** For example `5.26.30`. */
  readonly version: string;
  /** `community` or `enterprise`. */
  readonly edition: string;
  /** What runs it; `given` for a server that was there before. */
  readonly runsOn: 'given' | 'java' | 'docker';
  /** Folder of its data and logs; `undefined` for a given server. */
  readonly dataDir: string | undefined;
  /** Time from the call (downloads included) to the first successful log-in, in milliseconds. */
  readonly startedInMs: number;
  /**
   * Resolves when its process ends, asked or not, with how: `exit code 1`, `signal SIGKILL`. After {@link restart} it is the new
   * process's. Never for a given server.
   */
  readonly exited: Promise<string>;
  /** Stops the server, by force after the stop time-out, and removes a temporary data folder. Can be called again. */
  stop(): Promise<void>;
  /** SIGKILL, the data folder stays until {@link stop}; for tests of outages. A given server is left alone. */
  kill(): Promise<void>;
  /**
   * SIGSTOP: it keeps its connections and answers nothing until {@link resume}; for tests of a server that hangs. Not on
   * Windows, and a given server is left alone.
   */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Starts it again after {@link kill}, on the same folder and ports, and waits until it answers. */
  restart(): Promise<void>;
}

/**
 * Provides a Neo4j: the one at `options.uri`; else a real Neo4j Community started from jars that Maven fetches once
 * (needs Java 17 or newer, for versions with calendar numbers Java 21); else one in Docker. It listens on 127.0.0.1
 * only and ends with the process that started it.
 *
 * @throws LocalNeo4jError whose code names what is missing; the reason of `options.signal` when aborted
 */
export async function startLocalNeo4j(options: LocalNeo4jOptions = {}): Promise<LocalNeo4j> {
  const resolved = parseOptions(options);
  const start = performance.now();
  if (resolved.uri !== undefined) return givenServer(resolved, resolved.uri, start);

  // Looked at first, because it is what a person gets wrong most often and the rest may take minutes.
  if (resolved.port !== 0) await claimLoopbackPort(resolved.port);
  const launcher = await chooseLauncher(resolved);
  const javaOptions = await quickStart(resolved, launcher);
  const home =
    resolved.dataDir === undefined ? await mkdtemp(join(tmpdir(), 'local-neo4j-')) : resolve(resolved.dataDir);
  try {
    const server = new OwnServer(resolved, launcher, home, javaOptions);
    await server.start();
    return server.publish(performance.now() - start);
  } catch (error) {
    if (resolved.dataDir === undefined) await rm(home, { recursive: true, force: true });
    throw error;
  }
}

async function quickStart(options: ParsedOptions, launcher: Launcher): Promise<readonly string[]> {
  const { classArchiveFile } = launcher;
  if (classArchiveFile === undefined) return [];
  const make = (partial: string) => recordClasses(options, launcher, partial);
  return await classArchiveOptions(classArchiveFile, make, options);
}

/** Runs a server of its own for a while; Java writes the classes that it has loaded to `archive` when it ends. */
async function recordClasses(options: ParsedOptions, launcher: Launcher, archive: string): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'local-neo4j-'));
  const plain = { ...options, port: 0, httpPort: undefined, dataDir: undefined, onProgress: undefined };
  // Writing it takes some seconds of the stop.
  const settings = { ...plain, stopTimeoutMs: 120_000 };
  try {
    const recorder = new OwnServer(settings, launcher, home, [`-XX:ArchiveClassesAtExit=${archive}`]);
    await recorder.start();
    await using server = recorder.publish(0);
    await runTypicalStatements(server);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function givenServer(options: ParsedOptions, uri: string, start: number): Promise<LocalNeo4j> {
  const { username, password } = options;
  const facts = await probeServer({ uri, username, password });
  const nothing = async () => undefined;
  return {
    ...{ uri, username, password, ...facts, httpUri: undefined, certificateFile: undefined, runsOn: 'given' },
    dataDir: undefined,
    exited: new Promise(() => undefined),
    startedInMs: Math.round(performance.now() - start),
    stop: nothing,
    kill: nothing,
    pause: () => undefined,
    resume: () => undefined,
    restart: nothing,
    [Symbol.asyncDispose]: nothing,
  };
}

class OwnServer {
  readonly #options: ParsedOptions;
  readonly #launcher: Launcher;
  readonly #home: string;
  readonly #javaOptions: readonly string[];
  #ports: LaunchPorts | undefined;
  #process: ServerProcess | undefined;
  #facts: ServerFacts | undefined;

  constructor(options: ParsedOptions, launcher: Launcher, home: string, javaOptions: readonly string[]) {
    this.#options = options;
    this.#launcher = launcher;
    this.#home = home;
    this.#javaOptions = javaOptions;
  }

  /** Starts on the wanted ports; where a port was free to choose and got lost to someone else, on another one. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const ports = await this.#claimPorts();
      try {
        await this.#startOn(ports);
        this.#ports = ports;
        return;
      } catch (error) {
        if (!(error instanceof Neo4jPortInUseError) || this.#options.port !== 0 || attempt === portAttempts)
          throw error;
      }
    }
  }

  publish(startedInMs: number): LocalNeo4j {
    const ports = this.#ports;
    const facts = this.#facts;
    if (ports === undefined || facts === undefined) throw new Error('A server is published after its start only.');
    const stop = () => this.#stop();
    const exited = () => this.#exited();
    return {
      get exited() {
        return exited();
      },
      uri: this.#uri(ports),
      httpUri: ports.httpPort === undefined ? undefined : `http://localhost:${ports.httpPort}`,
      certificateFile: this.#options.tls === 'off' ? undefined : certificateFile(this.#home),
      username: 'neo4j',
      password: this.#options.password,
      ...facts,
      runsOn: this.#launcher.kind,
      dataDir: this.#home,
      startedInMs: Math.round(startedInMs),
      stop,
      kill: async () => {
        await this.#process?.kill();
        await this.#launcher.sweep?.();
      },
      pause: () => this.#process?.signal('SIGSTOP'),
      resume: () => this.#process?.signal('SIGCONT'),
      restart: async () => {
        if (this.#process?.running === true) await this.#process.stop(this.#options.stopTimeoutMs);
        await this.#startOn({ port: await claimLoopbackPort(ports.port), httpPort: ports.httpPort });
      },
      [Symbol.asyncDispose]: stop,
    };
  }

  async #exited(): Promise<string> {
    const server = this.#process;
    if (server === undefined) throw new Error('A server is published after its start only.');
    await server.exited;
    return server.outcome;
  }

  #uri({ port }: LaunchPorts): string {
    return `${this.#options.tls === 'required' ? 'bolt+ssc' : 'bolt'}://localhost:${port}`;
  }

  async #claimPorts(): Promise<LaunchPorts> {
    const { port, httpPort } = this.#options;
    return {
      port: await claimLoopbackPort(port),
      httpPort: httpPort === undefined ? undefined : await claimLoopbackPort(httpPort),
    };
  }

  async #startOn(ports: LaunchPorts): Promise<void> {
    const { signal, startTimeoutMs, onProgress } = this.#options;
    signal?.throwIfAborted();
    await mkdir(join(this.#home, 'logs'), { recursive: true });
    onProgress?.(`Starting Neo4j ${this.#options.version} on port ${ports.port}...`);
    const server = await ServerProcess.start({
      ...(await this.#launcher.prepare(this.#home, ports, this.#javaOptions)),
      consoleFile: consoleFile(this.#home),
      orphanFolder: this.#options.dataDir === undefined ? this.#home : undefined,
    });
    try {
      const deadline = AbortSignal.timeout(startTimeoutMs);
      const limit = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
      this.#facts = await this.#waitUntilUp(server, ports, limit);
      this.#process = server;
    } catch (error) {
      await server.kill();
      await this.#launcher.sweep?.();
      throw error;
    }
  }

  async #waitUntilUp(server: ServerProcess, ports: LaunchPorts, limit: AbortSignal): Promise<ServerFacts> {
    const address = { uri: this.#uri(ports), username: 'neo4j', password: this.#options.password };
    for (;;) {
      if (!server.running) throw await this.#exitError(server, ports);
      if (limit.aborted) {
        this.#options.signal?.throwIfAborted();
        throw await this.#startError(`it did not answer within ${this.#options.startTimeoutMs} ms`);
      }
      if (await accepts(ports.port)) {
        try {
          return await probeServer(address);
        } catch (error) {
          if (!mayComeUp(error)) throw error;
        }
      }
      await pause(pollEveryMs);
    }
  }

  async #exitError(server: ServerProcess, ports: LaunchPorts): Promise<Error> {
    for (const port of [ports.port, ports.httpPort]) {
      if (port !== undefined && !(await isPortFree(port))) return new Neo4jPortInUseError(port);
    }
    return this.#startError(`its process ended with ${server.outcome}`);
  }

  async #startError(what: string): Promise<Neo4jStartFailedError> {
    return new Neo4jStartFailedError(what, consoleFile(this.#home), await logTail(this.#home));
  }

  async #stop(): Promise<void> {
    await this.#process?.stop(this.#options.stopTimeoutMs);
    await this.#launcher.sweep?.();
    if (this.#options.dataDir === undefined) await rm(this.#home, { recursive: true, force: true });
  }
}

async function accepts(port: number): Promise<boolean> {
  const answer = Promise.withResolvers<boolean>();
  const socket = connect({ port, host: '127.0.0.1' });
  socket.once('connect', () => answer.resolve(true));
  socket.once('error', () => answer.resolve(false));
  const accepted = await answer.promise;
  socket.destroy();
  return accepted;
}
