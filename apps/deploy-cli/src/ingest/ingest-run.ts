import type { BrokerClient } from '@hartonomous/broker-client';
import {
  type FileSelection,
  type IngestFilesOptions,
  ingestFiles,
  planIngestion,
  type SelectionEvent,
} from '@hartonomous/operations';
import { counted } from '../counted.ts';
import { type ExitCode, exitCodeOfDryRun, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { describeJob } from './describe-job.ts';

/** Milliseconds between two lines of progress. */
const progressEveryMs = 1_000;

/** Prints what a call of `hartonomous ingest` does. */
export class IngestRun {
  readonly #output: Output;
  readonly #files: object[] = [];
  #enqueued = 0;
  #bytes = 0;
  #failed = 0;
  #progressAt = performance.now() + progressEveryMs;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Only shows what would be enqueued. */
  async plan(selection: FileSelection): Promise<ExitCode> {
    let files = 0;
    for await (const event of planIngestion(selection)) {
      if (event.type !== 'found') {
        this.#selection(event);
        continue;
      }
      const { file, bytes, isTooLarge } = event;
      const { name, path } = file;
      this.#output.line(
        `${isTooLarge ? '✗' : '✓'} ${name}  ${counted(bytes, 'byte')}${isTooLarge ? ': too large (--max-bytes)' : ''}`,
      );
      this.#files.push({ name, path, bytes, outcome: isTooLarge ? 'left-out' : 'planned' });
      if (isTooLarge) this.#failed += 1;
      else files += 1;
      this.#bytes += isTooLarge ? 0 : bytes;
    }
    this.#output.line(`${filesText(files)}, ${counted(this.#bytes, 'byte')}; nothing was enqueued.`);
    return this.#end(true, files);
  }

  /** Enqueues. */
  async send(client: BrokerClient, options: Omit<IngestFilesOptions, 'onSent' | 'onWatching'>): Promise<ExitCode> {
    const { paths, tenantId } = options;
    const events = ingestFiles(client, {
      ...options,
      onSent: (name, bytes) => {
        this.#bytes += bytes;
        this.#showProgress(name);
      },
      onWatching: () => this.#output.line(`Watching ${paths.join(', ')} until Ctrl-C.`),
    });
    for await (const event of events) {
      switch (event.type) {
        case 'enqueued': {
          const { file, bytes, jobId, isWatched } = event;
          this.#enqueued += 1;
          this.#files.push({ ...file, bytes, outcome: 'enqueued', jobId: jobId.toString() });
          if (isWatched) this.#output.line(`${file.name} enqueued as job ${jobId}.`);
          else this.#output.verbose(`${file.name}  ${counted(bytes, 'byte')}  job ${jobId}`);
          this.#showProgress(file.name);
          break;
        }
        case 'all-enqueued':
          this.#output.line(
            `${filesText(this.#enqueued)}, ${megabytes(this.#bytes)} MB enqueued for tenant ${tenantId}.`,
          );
          break;
        case 'job-ended':
          this.#output.line(describeJob(event.job));
          if (event.job.status === 'DEAD_LETTERED') this.#failed += 1;
          this.#files.push({ job: event.job });
          break;
        default:
          this.#selection(event);
      }
    }
    return this.#end(false);
  }

  #selection(event: SelectionEvent): void {
    if (event.type === 'left-out') {
      this.#output.verbose(`${event.path} is left out: ${event.reason}`);
      return;
    }
    const { name, error } = event;
    this.#failed += 1;
    this.#output.line(`✗ ${error.message}`);
    this.#files.push({ name, outcome: 'failed', error: { code: error.code, message: error.message } });
  }

  #showProgress(name: string): void {
    if (performance.now() < this.#progressAt) return;
    this.#progressAt = performance.now() + progressEveryMs;
    this.#output.line(`  ${filesText(this.#enqueued)}, ${megabytes(this.#bytes)} MB so far; at ${name}`);
  }

  #end(dryRun: boolean, planned = 0): ExitCode {
    const ok = this.#failed === 0;
    if (!ok) this.#output.line(`✗ ${filesText(this.#failed)} failed.`);
    this.#output.document({ ok, dryRun, bytes: this.#bytes, files: this.#files });
    if (dryRun) return exitCodeOfDryRun({ changes: planned > 0, blocked: !ok });
    return ok ? exitCodes.done : exitCodes.failed;
  }
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

const filesText = (count: number) => counted(count, 'file');
