// Starts the example against a SQL Server stand-in, sends it three invoices, and stops it. A program for people, not a test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startTestServer } from '@hartonomous/test-sql-server';

await using sql = await startTestServer();
await sql.run('master', 'CREATE DATABASE [Shop];');
const objects = await readFile(new URL('objects.sql', import.meta.url), 'utf8');
await sql.run('Shop', ...objects.split(/^GO$/m));

const printed = Promise.withResolvers<void>();
let invoices = 0;
const printer = createServer((request, response) => {
  request.setEncoding('utf8').on('data', (text: string) => process.stdout.write(`Printer: ${text}\n`));
  request.on('end', () => {
    response.end();
    if (request.method === 'POST') invoices += 1;
    if (invoices === 3) printed.resolve();
  });
});
printer.listen(0, '127.0.0.1');
await once(printer, 'listening');

const worker = spawn(
  process.execPath,
  ['--conditions=@hartonomous/source', fileURLToPath(new URL('worker.ts', import.meta.url))],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      DOTNET_ENVIRONMENT: 'Development',
      LOG_FORMAT: 'pretty',
      Health__Port: '0',
      ConnectionStrings__Shop: sql.connectionString('Shop'),
      Printer__Url: `http://127.0.0.1:${(printer.address() as AddressInfo).port}/`,
    },
  },
);
const closed = once(worker, 'close');
await sql.run(
  'Shop',
  `DECLARE @h UNIQUEIDENTIFIER;
   BEGIN DIALOG @h FROM SERVICE [ShopService] TO SERVICE N'InvoiceService' ON CONTRACT [InvoiceContract] WITH ENCRYPTION = OFF;
   SEND ON CONVERSATION @h MESSAGE TYPE [Invoice] (N'Invoice 1: 12.50');
   SEND ON CONVERSATION @h MESSAGE TYPE [Invoice] (N'Invoice 2: 3.20');
   SEND ON CONVERSATION @h MESSAGE TYPE [Invoice] (N'Invoice 3: 99.00');`,
);
await Promise.race([printed.promise, closed]);
worker.kill('SIGTERM');
await closed;
printer.close();
printer.closeAllConnections();
