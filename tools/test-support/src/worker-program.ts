import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type ChildExit, ChildService } from './child-service.ts';
import { eventually } from './eventually.ts';
import { builtCommand, type ProgramForm, programCommand, programUnderTest } from './program-under-test.ts';
import { PrometheusPage } from './prometheus.ts';

/** What {@link WorkerProgram} takes besides settings. */
export interface WorkerProgramOptions {
  readonly args?: readonly string[];
  /** What ends the process. @default the end of the test */
  readonly keptBy?: 'test' | 'suite';
  /**
   * As developers start it, as it is built, which needs `pnpm build`, or a folder that it was installed in and runs in.
   * @default what PROGRAMS_UNDER_TEST says: `built` in `pnpm test`, which has built them; otherwise `source`
   */
  readonly program?: ProgramForm | { readonly folder: string };
}

/** A line of a worker's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A dependency or activity in the answer of /health/ready. */
export interface HealthEntry {
  readonly name: string;
  readonly state: string;
  readonly since: string;
  readonly reason?: string;
}

/** A warning in the answer of /health/ready. */
export interface HealthWarning {
  readonly name: string;
  readonly since: string;
  readonly text: string;
}

/** The answer of /health/ready. */
export interface HealthAnswer {
  readonly status: number;
  readonly entries: readonly HealthEntry[];
  readonly warnings: readonly HealthWarning[];
}

/** Where Node keeps what it has compiled, if this run has such a folder: a start from sources takes a third less then. */
function compileCache(): { NODE_COMPILE_CACHE?: string } {
  const folder = process.env.NODE_COMPILE_CACHE;
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}

/** A worker as a process of its own; killed at the end of the test if it still lives, unless a suite keeps it. */
export class WorkerProgram {
  readonly #service: ChildService;
  readonly #lines: string[] = [];
  #errors = '';

  /**
   * @param app folder of the worker in apps/
   * @param env settings; of this process's environment it gets the PATH and Node's compile cache alone
   */
  constructor(app: string, env: Readonly<Record<string, string>>, options: WorkerProgramOptions = {}) {
    const { args = [], keptBy = 'test', program = programUnderTest() } = options;
    this.#service = ChildService.spawn({
      name: app,
      args:
        typeof program === 'object'
          ? builtCommand(join(program.folder, 'main.js'), args)
          : programCommand(app, args, program),
      ...(typeof program === 'object' ? { cwd: program.folder } : {}),
      env: { PATH: process.env.PATH, ...compileCache(), Health__Port: '0', LOG_FORMAT: 'json', ...env },
      onLine: (line, stream) => {
        if (stream === 'stdout') this.#lines.push(line);
        else this.#errors += `${line}\n`;
      },
    });
    if (keptBy === 'test') onTestFinished(() => this.end());
  }

  /** What it wrote to standard output. */
  get output(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  /** What it wrote to standard error. */
  get errors(): string {
    return this.#errors;
  }

  lines(): LogLine[] {
    return this.#lines.map((line) => JSON.parse(line) as LogLine);
  }

  messages(): string[] {
    return this.lines().map(({ msg }) => msg);
  }

  /** Waits for a line that has this text. */
  logged(text: string, timeoutMs = 90_000): Promise<LogLine> {
    return eventually(
      () => {
        const found = this.lines().find(({ msg }) => msg.includes(text));
        if (found === undefined) expect.fail(`no line with "${text}" in\n${this.output}${this.#errors}`);
        return found;
      },
      { timeoutMs },
    );
  }

  /** Waits until it receives. */
  polling(): Promise<LogLine> {
    return this.logged('Queue for messages...');
  }

  /** Asks /health/ready. */
  async ready(): Promise<HealthAnswer> {
    const response = await this.#get('/health/ready');
    const body = (await response.json()) as {
      readonly dependencies: readonly HealthEntry[];
      readonly warnings: readonly HealthWarning[];
    };
    return { status: response.status, entries: body.dependencies, warnings: body.warnings };
  }

  /** Asks /metrics. */
  async metrics(): Promise<PrometheusPage> {
    const response = await this.#get('/metrics');
    expect(response.status).toBe(200);
    return new PrometheusPage(await response.text());
  }

  /** Most memory that the process has had at a time, in MB. */
  async peakMemoryMb(): Promise<number> {
    const status = await readFile(`/proc/${this.#service.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  kill(signal: NodeJS.Signals): void {
    this.#service.kill(signal);
  }

  /** Waits for its end. */
  exit(): Promise<ChildExit> {
    return this.#service.exited;
  }

  /** Kills it and waits until it is gone. */
  async end(): Promise<void> {
    await this.#service.end('SIGKILL');
  }

  /** Asks it to stop, and waits until it has, cleanly. */
  async stop(): Promise<void> {
    expect(await this.#service.end('SIGTERM'), `${this.output}${this.#errors}`).toEqual({ code: 0, signal: null });
  }

  async #get(path: string): Promise<Response> {
    const { port } = await this.logged('/health/ready');
    return await fetch(`http://127.0.0.1:${port}${path}`);
  }
}
