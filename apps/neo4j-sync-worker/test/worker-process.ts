import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually, PrometheusPage } from '@hartonomous/test-support';
import { expect, onTestFinished } from 'vitest';

/** The program as developers start it, and as it is installed. */
const programs = {
  source: ['--conditions=@hartonomous/source', fileURLToPath(new URL('../src/main.ts', import.meta.url))],
  built: [fileURLToPath(new URL('../dist/main.js', import.meta.url))],
} as const;

/** What {@link WorkerProcess} takes besides settings. */
export interface WorkerProcessOptions {
  readonly args?: readonly string[];
  /** What ends the process. @default the end of the test */
  readonly keptBy?: 'test' | 'suite';
  /** `built` needs a build (`pnpm build`). @default source */
  readonly program?: keyof typeof programs;
}

/** A line of the worker's log. */
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

/** The worker as a process of its own; killed at the end of the test if it still lives, unless a suite keeps it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = '';
  #errors = '';

  constructor(env: Readonly<Record<string, string>>, options: WorkerProcessOptions = {}) {
    const { args = [], keptBy = 'test', program = 'source' } = options;
    this.#child = spawn(process.execPath, [...programs[program], ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, Health__Port: '0', LOG_FORMAT: 'json', ...env },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#output += chunk;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#errors += chunk;
    });
    this.#closed = once(this.#child, 'close');
    if (keptBy === 'test') onTestFinished(() => this.end());
  }

  get output(): string {
    return this.#output;
  }

  get errors(): string {
    return this.#errors;
  }

  lines(): LogLine[] {
    return this.#output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  messages(): string[] {
    return this.lines().map(({ msg }) => msg);
  }

  /** Waits for a line that has this text. */
  logged(text: string, timeoutMs = 90_000): Promise<LogLine> {
    return eventually(
      () => {
        const found = this.lines().find(({ msg }) => msg.includes(text));
        expect(found, `no line with "${text}" in\n${this.#output}${this.#errors}`).toBeDefined();
        return found!;
      },
      { timeoutMs },
    );
  }

  polling(): Promise<LogLine> {
    return this.logged('Polling Neo4jSyncQueue for messages...');
  }

  /** Asks /health/ready. */
  async ready(): Promise<{
    readonly status: number;
    readonly entries: readonly HealthEntry[];
    readonly warnings: readonly HealthWarning[];
  }> {
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

  async #get(path: string): Promise<Response> {
    const { port } = await this.logged('/health/ready');
    return await fetch(`http://127.0.0.1:${port}${path}`);
  }

  /** Kills the process and waits until it is gone. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async exit(): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    await this.#closed;
    return { code: this.#child.exitCode, signal: this.#child.signalCode };
  }
}
