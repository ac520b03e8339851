import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type UnitDefinition, words } from './unit-files.ts';

/** Receives what `systemd-notify` sends: Node has no sockets of that kind. A descriptor that comes along is closed, which ends its wait. */
const receiver = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('bound', flush=True)
while True:
    data, ancillary, _, _ = s.recvmsg(65536, 1024)
    for level, kind, body in ancillary:
        if kind == socket.SCM_RIGHTS:
            for fd in array.array('i', body): os.close(fd)
    for line in data.decode().split('\\n'): print(line, flush=True)
`;

/** Folders that a manager gives to its units. */
export interface UnitFolders {
  readonly run: string;
  readonly state: string;
  readonly sockets: string;
}

/** A service as systemd runs it with Type=notify: readiness and watchdog notifications on its socket, restarts, time-outs. */
export class UnitProcess {
  active: 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed' = 'inactive';
  sub = 'dead';
  result = 'success';
  status = '';
  restarts = 0;
  readonly log: string[] = [];
  readonly #name: string;
  readonly #folders: UnitFolders;
  #definition: UnitDefinition;
  #child: ChildProcess | undefined;
  #receiver: ChildProcess | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #isStopping = false;
  #ready = Promise.withResolvers<void>();
  #generation = 0;

  constructor(name: string, definition: UnitDefinition, folders: UnitFolders) {
    this.#name = name;
    this.#definition = definition;
    this.#folders = folders;
  }

  get pid(): number {
    return this.active === 'inactive' || this.active === 'failed' || this.sub === 'start-pre'
      ? 0
      : (this.#child?.pid ?? 0);
  }

  /** Resolves when it is up, or has failed to come up. */
  async start(definition: UnitDefinition): Promise<void> {
    if (this.active === 'active' || this.active === 'activating') return;
    this.#definition = definition;
    this.restarts = 0;
    await this.#begin();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      this.#enter('deactivating', 'stop-sigterm');
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), this.#definition.seconds('TimeoutStopSec', 90) * 1_000);
      await closed;
      clearTimeout(kill);
    }
    this.#end();
    if (this.active !== 'failed') this.#enter('inactive', 'dead');
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  reset(): void {
    if (this.active !== 'failed') return;
    this.result = 'success';
    this.#enter('inactive', 'dead');
  }

  /** Removes the folders of a unit that doesn't run. */
  clean(): void {
    for (const folder of [this.#runFolder(), this.#stateFolder()]) rmSync(folder, { recursive: true, force: true });
  }

  async #begin(): Promise<void> {
    this.#isStopping = false;
    this.#generation += 1;
    const generation = this.#generation;
    this.#ready = Promise.withResolvers<void>();
    this.result = 'success';
    this.status = '';
    this.#enter('activating', 'start-pre');
    const env = await this.#environment();
    for (const command of this.#definition.all('ExecStartPre')) {
      const code = await this.#run(command, env);
      if (this.#isStopping || generation !== this.#generation) return;
      if (code !== 0) {
        this.#fail('exit-code');
        return;
      }
    }
    this.#enter('activating', 'start');
    const timer = setTimeout(() => {
      if (this.active !== 'activating') return;
      this.#fail('timeout');
      this.#child?.kill('SIGKILL');
    }, this.#definition.seconds('TimeoutStartSec', 90) * 1_000);
    void this.#run(this.#definition.last('ExecStart') ?? '', env).then((code) => this.#exited(code, generation));
    await this.#ready.promise;
    clearTimeout(timer);
  }

  /** Runs a command of the unit; gives its exit code, or null where a signal ended it. */
  async #run(command: string, env: NodeJS.ProcessEnv): Promise<number | null> {
    const [program = '', ...args] = words(command);
    const cwd = this.#definition.last('WorkingDirectory');
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
      ...(cwd === undefined ? {} : { cwd }),
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.log.push(line));
    }
    const ended = Promise.withResolvers<number | null>();
    child.once('error', (error) => {
      this.log.push(String(error));
      ended.resolve(203);
    });
    child.once('close', (code) => ended.resolve(code));
    return await ended.promise;
  }

  async #environment(): Promise<NodeJS.ProcessEnv> {
    const definition = this.#definition;
    mkdirSync(this.#runFolder(), { recursive: true });
    mkdirSync(this.#stateFolder(), { recursive: true });
    const socket = join(this.#folders.sockets, `${this.#generation}-${this.#name.replaceAll(/\W/g, '_')}`.slice(-60));
    await this.#listen(socket);
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      NOTIFY_SOCKET: socket,
      RUNTIME_DIRECTORY: this.#runFolder(),
      STATE_DIRECTORY: this.#stateFolder(),
    };
    const watchdog = definition.seconds('WatchdogSec', 0);
    if (watchdog > 0) env.WATCHDOG_USEC = String(watchdog * 1_000_000);
    for (const line of definition.all('Environment')) {
      for (const word of words(line)) {
        const at = word.indexOf('=');
        env[word.slice(0, at)] = word.slice(at + 1);
      }
    }
    const credentials = definition.all('LoadCredential');
    if (credentials.length > 0) {
      const folder = join(this.#runFolder(), 'credentials');
      mkdirSync(folder, { recursive: true });
      for (const credential of credentials) {
        const at = credential.indexOf(':');
        copyFileSync(credential.slice(at + 1), join(folder, credential.slice(0, at)));
      }
      env.CREDENTIALS_DIRECTORY = folder;
    }
    return env;
  }

  async #listen(socket: string): Promise<void> {
    this.#receiver?.kill('SIGKILL');
    rmSync(socket, { force: true });
    const child = spawn('python3', ['-c', receiver, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#receiver = child;
    const bound = Promise.withResolvers<void>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'bound') bound.resolve();
      else this.#notified(line);
    });
    await bound.promise;
  }

  #notified(line: string): void {
    if (line === 'READY=1' && this.active === 'activating') {
      this.#enter('active', 'running');
      this.#ready.resolve();
      this.#watch();
    } else if (line === 'WATCHDOG=1') this.#watch();
    else if (line.startsWith('STATUS=')) this.status = line.slice('STATUS='.length);
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    const seconds = this.#definition.seconds('WatchdogSec', 0);
    if (seconds === 0 || this.active !== 'active') return;
    this.#watchdog = setTimeout(() => {
      this.result = 'watchdog';
      this.#child?.kill('SIGABRT');
    }, seconds * 1_000);
  }

  #exited(code: number | null, generation: number): void {
    if (generation !== this.#generation || this.#isStopping) return;
    this.#ready.resolve();
    const isFailure = code !== 0;
    if (this.active === 'failed') return;
    this.#end();
    if (!isFailure) {
      this.#enter('inactive', 'dead');
      return;
    }
    const isPrevented = this.#definition.all('RestartPreventExitStatus').includes(String(code));
    if (this.#definition.last('Restart') !== 'on-failure' || isPrevented) {
      this.#fail(this.result === 'watchdog' ? 'watchdog' : code === null ? 'signal' : 'exit-code');
      return;
    }
    this.#enter('activating', 'auto-restart');
    this.#restart = setTimeout(() => {
      this.restarts += 1;
      void this.#begin();
    }, this.#definition.seconds('RestartSec', 0.1) * 1_000);
  }

  #fail(result: string): void {
    this.result = result;
    this.#end();
    this.#enter('failed', 'failed');
    this.#ready.resolve();
  }

  /** What a service has while it runs. */
  #end(): void {
    clearTimeout(this.#watchdog);
    this.#receiver?.kill('SIGKILL');
    rmSync(this.#runFolder(), { recursive: true, force: true });
  }

  #enter(active: UnitProcess['active'], sub: string): void {
    this.active = active;
    this.sub = sub;
  }

  #runFolder(): string {
    return join(this.#folders.run, this.#definition.last('RuntimeDirectory') ?? this.#name);
  }

  #stateFolder(): string {
    return join(this.#folders.state, this.#definition.last('StateDirectory') ?? this.#name);
  }
}
