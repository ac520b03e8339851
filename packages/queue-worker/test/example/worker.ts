import { sqlConnectionString } from '@hartonomous/config-loader';
import {
  applicationInsightsSection,
  type Dependency,
  defineQueueWorker,
  healthSection,
  receiveAgeRule,
  runQueueWorker,
  workerShape,
} from '@hartonomous/queue-worker';
import { z } from 'zod';
import { connectPrinter, type Printer, PrinterAwayError } from './printer.ts';

const worker = workerShape({
  readers: { default: 1, max: 8 },
  statementTimeoutMs: 30_000,
  maxReceiveAgeMs: { default: 120_000, max: 3_600_000 },
  retention: { replayedDays: 30, pendingDays: null },
});

const settings = z.object({
  ConnectionStrings: z.object({ Shop: sqlConnectionString() }),
  Printer: z.object({ Url: z.url() }),
  Worker: z
    .strictObject(worker)
    .refine(...receiveAgeRule)
    .prefault({}),
  Health: healthSection(8090),
  ApplicationInsights: applicationInsightsSection(),
});

const printer: Dependency<z.output<typeof settings>, Printer> = {
  connect: ({ settings: { Printer } }) => connectPrinter(Printer.Url),
  probe: (connected, { signal }) => connected.probe(signal),
  classify: (error) => (error instanceof PrinterAwayError ? 'outage' : undefined),
};

const invoicePrinter = defineQueueWorker({
  queue: {
    queue: 'dbo.InvoiceQueue',
    reader: { program: 'invoice-printer' },
    deadLetters: {
      table: 'dbo.InvoiceDeadLetters',
      procedure: 'dbo.sp_DeadLetterInvoices',
      purgeProcedure: 'dbo.sp_PurgeInvoiceDeadLetters',
    },
  },
  displayName: 'Invoice Printer',
  folder: new URL('./', import.meta.url),
  help: { summary: 'Prints what is in dbo.InvoiceQueue.', examples: ['invoice-printer --Printer:Url=http://printer'] },
  settings,
  database: ({ ConnectionStrings }) => ConnectionStrings.Shop,
  dependencies: { printer },
  start: ({ printer, logger }) => ({
    batchSize: 10,
    handler: async (batch, { signal }) => {
      for (const { body } of batch.messages) await printer.print(body?.toString('utf16le') ?? '', signal);
      if (batch.systemMessages.length > 0) await batch.endFinishedConversations({ signal });
      await batch.commit();
      logger.info(`Printed ${batch.messages.length} invoices`);
    },
  }),
});

await runQueueWorker(invoicePrinter, process);
