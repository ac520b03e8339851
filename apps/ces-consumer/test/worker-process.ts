import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished } from 'vitest';

/** A worker's program, as developers start it or as it is installed (which needs a build, `pnpm build`). */
type Program = 'source' | 'built';

const fileOf = (app: string, file: string) => fileURLToPath(new URL(`../../${app}/${file}`, import.meta.url));
const programOf = (app: string, program: Program) =>
  program === 'built'
    ? [fileOf(app, 'dist/main.js')]
    : ['--conditions=@hartonomous/source', fileOf(app, 'src/main.ts')];

/** A line of the worker's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A worker as a process of its own; killed at the end of the test if it still lives. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = '';
  #errors = '';

  constructor(env: Readonly<Record<string, string>>, app = 'ces-consumer', program: Program = 'source') {
    this.#child = spawn(process.execPath, programOf(app, program), {
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
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.#closed;
    });
  }

  get output(): string {
    return this.#output + this.#errors;
  }

  lines(): LogLine[] {
    return this.#output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for a line that has this text. */
  logged(text: string, timeoutMs = 60_000): Promise<LogLine> {
    return eventually(
      () => {
        const found = this.lines().find(({ msg }) => msg.includes(text));
        expect(found, `no line with "${text}" in\n${this.output}`).toBeDefined();
        return found!;
      },
      { timeoutMs },
    );
  }

  polling(): Promise<LogLine> {
    return this.logged('for messages...');
  }

  /** Status of /health/ready. */
  async ready(): Promise<number> {
    const { port } = await this.logged('/health/ready');
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).status;
  }

  /** The page of /metrics. */
  async metrics(): Promise<string> {
    const { port } = await this.logged('/health/ready');
    return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  }

  /** Most memory that the process has had at a time, in MB. */
  async peakMemoryMb(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async exit(): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    await this.#closed;
    return { code: this.#child.exitCode, signal: this.#child.signalCode };
  }

  /** Asks it to stop, and waits until it has. */
  async stop(): Promise<void> {
    this.kill('SIGTERM');
    expect(await this.exit(), this.output).toEqual({ code: 0, signal: null });
  }
}
