import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BrokerClient } from '@hartonomous/broker-client';
import {
  type DeployError,
  type ExitCode,
  exitCodes,
  type FoundFile,
  findFiles,
  IngestFileError,
  sendFile,
  waitForJobs,
  watchFiles,
} from '@hartonomous/operations';
import type { Output } from '../output.ts';
import { describeJob } from './describe-job.ts';

/** Options of {@link IngestRun}. */
export interface IngestRunOptions {
  readonly output: Output;
  readonly paths: readonly string[];
  readonly tenantId: number;
  readonly maxBytes: number;
  readonly recursive: boolean;
  readonly watch: boolean;
  readonly wait: boolean;
  readonly signal: AbortSignal;
}

/** Milliseconds between two lines of progress. */
const progressEveryMs = 1_000;

/** One call of `hartonomous ingest`. */
export class IngestRun {
  readonly #options: IngestRunOptions;
  readonly #files: object[] = [];
  readonly #jobs: bigint[] = [];
  #bytes = 0;
  #failed = 0;
  #progressAt = performance.now() + progressEveryMs;

  constructor(options: IngestRunOptions) {
    this.#options = options;
  }

  /** Only shows what would be enqueued. */
  async plan(): Promise<ExitCode> {
    const { output, maxBytes } = this.#options;
    let files = 0;
    for await (const { path, name } of this.#found()) {
      const { size } = await lstat(path);
      const isTooLarge = size > maxBytes;
      output.line(`${isTooLarge ? '✗' : '✓'} ${name}  ${size} bytes${isTooLarge ? ': too large (--max-bytes)' : ''}`);
      this.#files.push({ name, path, bytes: size, outcome: isTooLarge ? 'left-out' : 'planned' });
      if (isTooLarge) this.#failed += 1;
      else files += 1;
      this.#bytes += isTooLarge ? 0 : size;
    }
    output.line(`${filesText(files)}, ${this.#bytes} bytes; nothing was enqueued.`);
    return this.#end(true);
  }

  /** Enqueues; with `watch`, until the signal is aborted, which is how that is meant to end. */
  async send(client: BrokerClient): Promise<ExitCode> {
    const { output, tenantId, watch, wait } = this.#options;
    for await (const file of this.#found()) await this.#sendOne(client, file);
    output.line(`${filesText(this.#jobs.length)}, ${megabytes(this.#bytes)} MB enqueued for tenant ${tenantId}.`);
    if (wait) await this.#awaitJobs(client, this.#jobs);
    if (watch) await this.#watch(client);
    return this.#end(false);
  }

  async *#found(): AsyncGenerator<FoundFile> {
    const { output, paths, recursive, signal } = this.#options;
    const there: string[] = [];
    for (const path of paths) {
      try {
        await lstat(path);
        there.push(path);
      } catch (cause) {
        this.#fail(path, new IngestFileError(path, 'FILE_NOT_FOUND', 'there is nothing of that name', cause));
      }
    }
    const onLeftOut = ({ path, reason }: { readonly path: string; readonly reason: string }) => {
      output.verbose(`${path} is left out: ${reason}`);
    };
    yield* findFiles(there, { recursive, onLeftOut, signal });
  }

  async #sendOne(client: BrokerClient, file: FoundFile): Promise<bigint | null> {
    const { output, tenantId, maxBytes, signal } = this.#options;
    const onSent = (bytes: number) => {
      this.#bytes += bytes;
      this.#showProgress(file.name);
    };
    try {
      const { jobId, bytes } = await sendFile(file, { client, tenantId, maxBytes, signal, onSent });
      this.#jobs.push(jobId);
      this.#files.push({ name: file.name, path: file.path, bytes, outcome: 'enqueued', jobId: jobId.toString() });
      output.verbose(`${file.name}  ${bytes} bytes  job ${jobId}`);
      this.#showProgress(file.name);
      return jobId;
    } catch (error) {
      if (!(error instanceof IngestFileError)) throw error;
      this.#fail(file.name, error);
      return null;
    }
  }

  async #watch(client: BrokerClient): Promise<void> {
    const { output, paths, recursive, wait, signal } = this.#options;
    const onReady = () => output.line(`Watching ${paths.join(', ')} until Ctrl-C.`);
    const absolute = paths.map((path) => resolve(path));
    for await (const file of watchFiles(absolute, { recursive, onReady, signal })) {
      const jobId = await this.#sendOne(client, file);
      if (jobId === null) continue;
      output.line(`${file.name} enqueued as job ${jobId}.`);
      if (wait) await this.#awaitJobs(client, [jobId]);
    }
  }

  async #awaitJobs(client: BrokerClient, ids: readonly bigint[]): Promise<void> {
    const { output, signal } = this.#options;
    for await (const job of waitForJobs(client, ids, signal)) {
      output.line(describeJob(job));
      if (job.status === 'DEAD_LETTERED') this.#failed += 1;
      this.#files.push({ job });
    }
  }

  #fail(name: string, error: DeployError): void {
    this.#failed += 1;
    this.#options.output.line(`✗ ${error.message}`);
    this.#files.push({ name, outcome: 'failed', error: { code: error.code, message: error.message } });
  }

  #showProgress(name: string): void {
    if (performance.now() < this.#progressAt) return;
    this.#progressAt = performance.now() + progressEveryMs;
    this.#options.output.line(`  ${filesText(this.#jobs.length)}, ${megabytes(this.#bytes)} MB so far; at ${name}`);
  }

  #end(dryRun: boolean): ExitCode {
    const ok = this.#failed === 0;
    if (!ok) this.#options.output.line(`✗ ${filesText(this.#failed)} failed.`);
    this.#options.output.document({ ok, dryRun, bytes: this.#bytes, files: this.#files });
    return ok ? exitCodes.done : exitCodes.failed;
  }
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

function filesText(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}
