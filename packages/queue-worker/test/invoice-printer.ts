import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startTestServer, type TestServer } from '@hartonomous/test-sql-server';
import { eventually } from '@hartonomous/test-support';
import { expect, onTestFinished } from 'vitest';

const database = 'Shop';

/** Starting a process takes many seconds on a busy machine. */
export const patience = { timeoutMs: 60_000 };
const script = fileURLToPath(new URL('example/worker.ts', import.meta.url));

/** What the example's worker needs: the shop's database. */
export async function startShop(): Promise<TestServer> {
  const sql = await startTestServer();
  await sql.run('master', `CREATE DATABASE [${database}];`);
  const objects = await readFile(new URL('example/objects.sql', import.meta.url), 'utf8');
  await sql.run(database, ...objects.split(/^GO$/m));
  return sql;
}

/** Sends invoices in one transaction. */
export async function order(sql: TestServer, ...invoices: readonly string[]): Promise<void> {
  const sends = invoices.map((text) => `SEND ON CONVERSATION @h MESSAGE TYPE [Invoice] (N'${text}');`);
  await sql.run(
    database,
    `DECLARE @h UNIQUEIDENTIFIER;
     BEGIN DIALOG @h FROM SERVICE [ShopService] TO SERVICE N'InvoiceService', N'CURRENT DATABASE'
       ON CONTRACT [InvoiceContract] WITH ENCRYPTION = OFF;
     ${sends.join('\n')}`,
  );
}

/** A printer that the test switches off and on; it closes its port while it is off. */
export class TestPrinter {
  readonly printed: string[] = [];
  #server: Server | undefined;
  #port = 0;

  constructor() {
    onTestFinished(() => this.off());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async on(): Promise<void> {
    const server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      request.on('end', () => {
        if (request.method === 'POST') this.printed.push(text);
        response.end();
      });
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async off(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

/** A line of the worker's log. */
interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly port?: number;
}

/** The answer of /health/ready. */
interface Readiness {
  readonly status: number;
  readonly states: Readonly<Record<string, string>>;
  readonly reasons: Readonly<Record<string, string | undefined>>;
}

/** The example's worker as a process, killed at the end of the test. */
export class InvoicePrinter {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = '';
  errors = '';

  constructor(settings: Readonly<Record<string, string>>, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, ['--conditions=@hartonomous/source', script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        DOTNET_ENVIRONMENT: 'Development',
        LOG_FORMAT: 'json',
        Health__Port: '0',
        ...settings,
      },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#output += chunk;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.errors += chunk;
    });
    this.#closed = once(this.#child, 'close');
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.#closed;
    });
  }

  /** For a worker of a shop. */
  static of(sql: TestServer, printer: TestPrinter, settings: Readonly<Record<string, string>> = {}): InvoicePrinter {
    const connectionString = sql.connectionString(database);
    return new InvoicePrinter({ ConnectionStrings__Shop: connectionString, Printer__Url: printer.url, ...settings });
  }

  get output(): string {
    return this.#output;
  }

  lines(): LogLine[] {
    const lines = this.#output.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for a line that has this text. */
  logged(text: string): Promise<LogLine> {
    return eventually(() => {
      const found = this.lines().find(({ msg }) => msg.includes(text));
      expect(found, `no line with "${text}" in\n${this.#output}${this.errors}`).toBeDefined();
      return found!;
    }, patience);
  }

  async ready(): Promise<Readiness> {
    const { port } = await this.logged('/health/ready');
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
    const body = (await response.json()) as {
      readonly dependencies: readonly { readonly name: string; readonly state: string; readonly reason?: string }[];
    };
    const by = <T>(value: (entry: (typeof body.dependencies)[number]) => T) =>
      Object.fromEntries(body.dependencies.map((entry) => [entry.name, value(entry)]));
    return { status: response.status, states: by(({ state }) => state), reasons: by(({ reason }) => reason) };
  }

  async becomes(status: number): Promise<Readiness> {
    return await eventually(async () => {
      const readiness = await this.ready();
      expect(readiness.status).toBe(status);
      return readiness;
    }, patience);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async exitCode(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }
}
