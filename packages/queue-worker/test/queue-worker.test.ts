import { readFile } from 'node:fs/promises';
import { startAzureEmulator } from '@hartonomous/azure-emulator';
import type { TestServer } from '@hartonomous/test-sql-server';
import { eventually } from '@hartonomous/test-support';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { InvoicePrinter, order, patience, startShop, TestPrinter } from './invoice-printer.ts';

vi.setConfig({ testTimeout: 180_000 });

let sql: TestServer;
beforeAll(async () => {
  sql = await startShop();
});
afterAll(() => sql?.[Symbol.asyncDispose]());

test("the README's example is the one that is tested", async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const worker = await readFile(new URL('example/worker.ts', import.meta.url), 'utf8');
  expect(readme).toContain(`\`\`\`ts\n${worker}\`\`\``);
});

test('connects, is ready, works, and drains on SIGTERM', async () => {
  const printer = new TestPrinter();
  await printer.on();
  const worker = InvoicePrinter.of(sql, printer);
  await worker.logged('Polling InvoiceQueue for messages...');
  const { states } = await worker.becomes(200);
  expect(states).toEqual({ 'sql-server': 'up', printer: 'up', 'receive-1': 'up' });
  await order(sql, 'first', 'second');
  await eventually(() => expect(printer.printed).toEqual(['first', 'second']), patience);
  worker.kill('SIGTERM');
  expect(await worker.exitCode()).toBe(0);
  expect(worker.lines().filter(({ level }) => level !== 'info')).toEqual([]);
});

test('log lines and metrics go to Application Insights, where the settings name it, until the last line', async () => {
  await using azure = await startAzureEmulator({ challenge: false });
  const printer = new TestPrinter();
  await printer.on();
  const worker = InvoicePrinter.of(sql, printer, {
    ...azure.env,
    ApplicationInsights__ConnectionString: azure.connectionString,
  });
  await worker.logged('Telemetry is sent to Application Insights at 127.0.0.1:');
  await worker.becomes(200);
  worker.kill('SIGTERM');
  expect(await worker.exitCode()).toBe(0);
  const of = (type: string) => azure.telemetry.filter(({ data }) => data.baseType === type);
  const messages = of('MessageData').map(({ data }) => data.baseData.message);
  expect(messages).toContain('Polling InvoiceQueue for messages...');
  expect(messages.at(-1)).toMatch(/ stopped$/);
  const metrics = of('MetricData').flatMap(({ data }) => data.baseData.metrics as { name: string }[]);
  expect(metrics.map(({ name }) => name)).toContain('worker.ready');
  expect(new Set(azure.telemetry.map(({ tags }) => tags?.['ai.cloud.role']))).toEqual(new Set(['invoice-printer']));
  expect(worker.output).not.toContain(/InstrumentationKey=([^;]+)/.exec(azure.connectionString)?.[1]);
});

test('an invalid connection string of Application Insights ends the worker, and is not shown', async () => {
  const worker = new InvoicePrinter({
    ConnectionStrings__Shop: sql.connectionString('Shop'),
    Printer__Url: 'http://127.0.0.1:1/',
    ApplicationInsights__ConnectionString: 'InstrumentationKey=hunter22',
  });
  expect(await worker.exitCode()).toBe(1);
  expect(worker.errors).toMatch(/The connection string of Application Insights can't be used: InstrumentationKey/);
  expect(worker.errors + worker.output).not.toContain('hunter22');
});

test('a server that is away at start is waited for, and health says which', async () => {
  const printer = new TestPrinter();
  await printer.on();
  await printer.off();
  const worker = InvoicePrinter.of(sql, printer);
  await worker.logged('printer is away: PRINTER_AWAY');
  await eventually(async () => {
    const { status, states } = await worker.ready();
    expect(status).toBe(503);
    expect(states).toMatchObject({ 'sql-server': 'up', printer: 'down' });
  }, patience);
  await printer.on();
  await worker.becomes(200);
});

test('a server that goes away while the queue is empty takes readiness away, once each way', async () => {
  const printer = new TestPrinter();
  await printer.on();
  const worker = InvoicePrinter.of(sql, printer, { Worker__WatchIntervalMs: '100' });
  await worker.becomes(200);
  await printer.off();
  const { reasons } = await worker.becomes(503);
  expect(reasons.printer).toContain('PRINTER_AWAY');
  await order(sql, 'waits');
  await printer.on();
  await worker.becomes(200);
  await eventually(() => expect(printer.printed).toEqual(['waits']), patience);
  const changes = worker.lines().filter(({ msg }) => msg.startsWith('printer is '));
  expect(changes.map(({ level }) => level)).toEqual(['warn', 'info']);
});

test('a purge that fails logs its reason, and is tried again', async () => {
  const printer = new TestPrinter();
  await printer.on();
  const database = 'Shop';
  await sql.run(database, "INSERT INTO dbo.InvoiceDeadLetters (ReasonCode, ReplayedAt) VALUES (N'X', '2020-01-01');");
  await sql.run(database, 'DROP PROCEDURE dbo.sp_PurgeInvoiceDeadLetters;');
  const worker = InvoicePrinter.of(sql, printer, { Worker__PurgeIntervalMinutes: '0.005' });
  const line = await worker.logged('Purging dead letters of dbo.InvoiceDeadLetters failed: ');
  expect(line.level).toBe('warn');
  expect(line.msg).toMatch(/SQL_STATEMENT_FAILED: .*sp_PurgeInvoiceDeadLetters/);
  const objects = await readFile(new URL('example/objects.sql', import.meta.url), 'utf8');
  await sql.run(database, objects.split(/^GO$/m).at(-1) ?? '');
  await worker.logged('Purged dead letters of dbo.InvoiceDeadLetters: 1');
});

test('--help, --check, a wrong option, a wrong setting and a refused login each have their exit code', async () => {
  const help = new InvoicePrinter({}, '--help');
  expect(await help.exitCode()).toBe(0);
  expect(help.output).toContain('invoice-printer --Printer:Url=http://printer');
  const check = new InvoicePrinter({}, '--check');
  expect(await check.exitCode()).toBe(0);
  expect(check.output).toContain('DeadLetterRetentionDays: 30');
  expect(await new InvoicePrinter({}, '--nonsense').exitCode()).toBe(2);
  const wrong = new InvoicePrinter({}, '--check', '--Worker:WaitMs=200000', '--Printer:Url=nowhere');
  expect(await wrong.exitCode()).toBe(1);
  expect(wrong.errors).toContain('longer than Worker:WaitMs');
  expect(wrong.errors).toContain('Printer:Url');
  const printer = new TestPrinter();
  await printer.on();
  const connectionString = sql.connectionString('Shop', 'Wrong!1');
  const refused = new InvoicePrinter({ ConnectionStrings__Shop: connectionString, Printer__Url: printer.url });
  expect(await refused.exitCode()).toBe(1);
  expect(refused.output).toContain('BROKER_LOGIN_FAILED');
});
