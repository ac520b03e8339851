import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { readUnit, type UnitDefinition } from './unit-files.ts';
import { UnitProcess } from './unit-process.ts';

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const done: Answer = { code: 0, stdout: '', stderr: '' };
const failed = (stderr: string, code = 1): Answer => ({ code, stdout: '', stderr: `${stderr}\n` });

/** A program that hands its arguments to the manager. */
const client = (program: string, socket: string) => `#!${process.execPath}
const body = JSON.stringify({ program: ${JSON.stringify(program)}, args: process.argv.slice(2) });
const request = require('node:http').request({ socketPath: ${JSON.stringify(socket)}, method: 'POST' }, (response) => {
  let text = '';
  response.on('data', (chunk) => (text += chunk)).on('end', () => {
    const { code, stdout, stderr } = JSON.parse(text);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = code;
  });
});
request.on('error', (error) => { console.error(String(error)); process.exitCode = 1; });
request.end(body);
`;

/**
 * A stand-in for systemd as the product uses it: `systemctl` and `journalctl` first on the PATH, template units with drop-ins in a
 * folder, Type=notify by a real socket, restarts, time-outs, watchdog, runtime and state folders, credentials. What it doesn't know it
 * refuses. It runs services as this user, and enforces no sandbox and no memory limits.
 */
export class UnitManager implements AsyncDisposable {
  readonly folder: string;
  readonly unitFolder: string;
  readonly runFolder: string;
  /** For programs that are to find it. */
  readonly path: string;
  /** Every call of systemctl. */
  readonly calls: string[] = [];
  readonly #server: Server;
  readonly #units = new Map<string, UnitProcess>();
  readonly #enabled = new Set<string>();
  readonly #loaded = new Map<string, UnitDefinition>();

  private constructor(folder: string) {
    this.folder = folder;
    this.unitFolder = join(folder, 'units');
    this.runFolder = join(folder, 'run');
    this.path = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`;
    for (const name of ['units', 'run', 'state', 'sockets', 'bin']) mkdirSync(join(folder, name));
    this.#server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      request.on('end', () => {
        const { program, args } = JSON.parse(text) as { program: string; args: string[] };
        const answer = program === 'systemctl' ? this.#systemctl(args) : Promise.resolve(this.#journalctl(args));
        answer.then(
          (value) => response.end(JSON.stringify(value)),
          (error: unknown) => response.end(JSON.stringify(failed(String(error)))),
        );
      });
    });
  }

  static async start(): Promise<UnitManager> {
    const manager = new UnitManager(mkdtempSync(join(tmpdir(), 'units-')));
    const socket = join(manager.folder, 'bus');
    manager.#server.listen(socket);
    await once(manager.#server, 'listening');
    for (const program of ['systemctl', 'journalctl']) {
      const file = join(manager.folder, 'bin', program);
      writeFileSync(file, client(program, socket));
      chmodSync(file, 0o755);
    }
    return manager;
  }

  /** A service that was started once. */
  unit(name: string): UnitProcess | undefined {
    return this.#units.get(name);
  }

  /** Units that run. */
  running(): readonly string[] {
    return [...this.#units]
      .filter(([, { active }]) => active === 'active' || active === 'activating')
      .map(([name]) => name);
  }

  async #systemctl(given: readonly string[]): Promise<Answer> {
    this.calls.push(given.join(' '));
    const [verb = '', ...rest] = given;
    const options = rest.filter((word) => word.startsWith('--'));
    const [name = ''] = rest.filter((word) => !word.startsWith('--'));
    if (verb === 'is-system-running') return { ...done, stdout: 'running\n' };
    if (verb === 'daemon-reload') {
      this.#loaded.clear();
      return done;
    }
    const definition = this.#definition(name);
    if (verb === 'show') return { ...done, stdout: this.#show(name, definition) };
    if (definition === undefined) return failed(`Unit ${name} not found.`, 5);
    const unit = this.#units.get(name) ?? this.#newUnit(name, definition);
    switch (verb) {
      case 'enable':
        this.#enabled.add(name);
        return done;
      case 'disable':
        this.#enabled.delete(name);
        if (options.includes('--now')) await unit.stop();
        return done;
      case 'restart':
      case 'start':
        return await this.#start(name, unit, options, async () => {
          if (verb === 'restart') await unit.stop();
          unit.reset();
          await unit.start(definition);
        });
      case 'stop':
        await unit.stop();
        return done;
      case 'kill':
        if (!options.includes('--signal=SIGKILL')) return failed(`${options.join(' ')} is not known here.`);
        unit.kill('SIGKILL');
        return done;
      case 'clean':
        if (unit.active !== 'inactive' && unit.active !== 'failed') return failed(`${name} is active.`);
        unit.clean();
        return done;
      case 'reset-failed':
        unit.reset();
        return done;
      default:
        return failed(`systemctl ${verb} is not known here.`);
    }
  }

  async #start(name: string, unit: UnitProcess, options: readonly string[], job: () => Promise<void>): Promise<Answer> {
    const running = job();
    if (options.includes('--no-block')) {
      running.catch((error: unknown) => unit.log.push(String(error)));
      return done;
    }
    await running;
    return unit.active === 'failed' ? failed(`Job for ${name} failed (${unit.result}).`) : done;
  }

  #journalctl(args: readonly string[]): Answer {
    const value = (option: string) => args[args.indexOf(option) + 1] ?? '';
    const lines = this.#units.get(value('--unit'))?.log ?? [];
    return {
      ...done,
      stdout: lines
        .slice(-Number(value('--lines')))
        .map((line) => `${line}\n`)
        .join(''),
    };
  }

  /** As it was when systemd last read its files, as for the real one. */
  #definition(name: string): UnitDefinition | undefined {
    const known = this.#loaded.get(name) ?? readUnit(this.unitFolder, name);
    if (known !== undefined) this.#loaded.set(name, known);
    return known;
  }

  #newUnit(name: string, definition: UnitDefinition): UnitProcess {
    const folders = { run: this.runFolder, state: join(this.folder, 'state'), sockets: join(this.folder, 'sockets') };
    const unit = new UnitProcess(name, definition, folders);
    this.#units.set(name, unit);
    return unit;
  }

  #show(name: string, definition: UnitDefinition | undefined): string {
    const unit = this.#units.get(name);
    const values = {
      LoadState: definition === undefined ? 'not-found' : 'loaded',
      ActiveState: unit?.active ?? 'inactive',
      SubState: unit?.sub ?? 'dead',
      UnitFileState: this.#enabled.has(name) ? 'enabled' : 'disabled',
      FragmentPath: definition?.fragment ?? '',
      DropInPaths: definition?.dropIns.join(' ') ?? '',
      NeedDaemonReload: 'no',
      MainPID: unit?.pid ?? 0,
      NRestarts: unit?.restarts ?? 0,
      Result: unit?.result ?? 'success',
      StatusText: unit?.status ?? '',
      ActiveEnterTimestamp: '',
      MemoryCurrent: '',
      WorkingDirectory: definition?.last('WorkingDirectory') ?? '',
    };
    return Object.entries(values)
      .map(([key, value]) => `${key}=${value}\n`)
      .join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const unit of this.#units.values()) unit.kill('SIGKILL');
    await Promise.all([...this.#units.values()].map((unit) => unit.stop()));
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
