import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ChildService } from '@hartonomous/test-support';
import { z } from 'zod';
import { BuildMissingError, WorkerStalledError } from '../errors.ts';
import { type ProcessUsage, processUsage } from '../process-usage.ts';

/** The workers that can be started. */
type WorkerApp = 'neo4j-sync-worker' | 'ces-consumer' | 'embedding-generator';

/** As it is installed: running from source takes memory for stripping the types. */
const mainOf = (app: WorkerApp) =>
  join(dirname(dirname(fileURLToPath(import.meta.resolve(`@hartonomous/${app}`)))), 'dist/main.js');

/** The lines of the worker's log that matter here: it polls, or it has committed a batch. */
const lineSchema = z.object({ msg: z.string(), messages: z.int().optional(), syncSequence: z.unknown().optional() });

/** Longest time without any progress, in milliseconds: a stuck worker must fail the run, not hang it. */
const stalledAfterMs = 60_000;
/** Short beside the shortest drain, and cheap: a look at numbers in this process. */
const lookEveryMs = 5;
/** The same beside a small file. */
const fileLookEveryMs = 2;

/** How to start a worker. */
export interface WorkerProcessOptions {
  /** @default neo4j-sync-worker */
  readonly app?: WorkerApp;
  readonly env: Readonly<Record<string, string>>;
  readonly profileTo?: string | undefined;
  readonly signal: AbortSignal;
}

/** The built worker, as a process of its own. */
export class WorkerProcess implements AsyncDisposable {
  readonly #service: ChildService;
  #pollingAt: number | undefined;
  #cpuAtPolling = Number.NaN;
  #synced = 0;
  #countedSequence: unknown;
  #filesEnded = 0;

  /**
   * Starts a worker and waits until it polls the queue.
   *
   * @throws {BuildMissingError} when there is no built worker
   * @throws {WorkerStalledError} when it ends, or doesn't get there within a minute
   */
  static async start(options: WorkerProcessOptions): Promise<WorkerProcess> {
    const worker = new WorkerProcess(options);
    try {
      const deadline = performance.now() + stalledAfterMs;
      while (worker.#pollingAt === undefined) {
        if (!worker.#service.running) throw new WorkerStalledError('ended before it polled the queue', worker.tail);
        if (performance.now() > deadline) {
          throw new WorkerStalledError('did not get to polling the queue within a minute', worker.tail);
        }
        await pause(lookEveryMs, undefined, { signal: options.signal });
      }
      return worker;
    } catch (error) {
      await worker[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor({ app = 'neo4j-sync-worker', env, profileTo, signal }: WorkerProcessOptions) {
    signal.throwIfAborted();
    const main = mainOf(app);
    if (!existsSync(main)) throw new BuildMissingError(main);
    const profile = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`];
    this.#service = ChildService.spawn({
      name: app,
      args: [...profile, main],
      env: { PATH: process.env.PATH, LOG_FORMAT: 'json', Health__Port: '0', ...env },
      onLine: (line, stream) => {
        if (stream === 'stdout') this.#read(line);
      },
    });
  }

  /** Messages of batches that are committed, in Neo4j and in SQL, as the worker's own log says. */
  get synced(): number {
    return this.#synced;
  }

  /** Files that are ingested, unchanged or dead-lettered, and committed so, as ces-consumer's own log says. */
  get filesEnded(): number {
    return this.#filesEnded;
  }

  /** When it began to receive, by `performance.now()`. */
  get pollingAt(): number {
    return this.#pollingAt ?? Number.NaN;
  }

  /** Processor seconds that it had taken by then; NaN where there is no /proc. */
  get cpuAtPolling(): number {
    return this.#cpuAtPolling;
  }

  /** The last lines of its output. */
  get tail(): string {
    return this.#service.tail;
  }

  /** Processor time and memory so far; undefined where there is no /proc. */
  get usage(): ProcessUsage | undefined {
    return this.#service.running ? processUsage(this.#service.pid ?? 0) : undefined;
  }

  /** Asks it to stop, and ends it by force when it doesn't. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service[Symbol.asyncDispose]();
  }

  #read(line: string): void {
    const parsed = lineSchema.safeParse(parseJson(line));
    if (!parsed.success) return;
    const { msg, messages, syncSequence } = parsed.data;
    if (msg.startsWith('Polling')) {
      this.#pollingAt = performance.now();
      this.#cpuAtPolling = this.usage?.cpuSeconds ?? Number.NaN;
    } else if (messages !== undefined && syncSequence !== undefined && syncSequence !== this.#countedSequence) {
      // A batch has a line per entity type, each with all of its messages.
      this.#countedSequence = syncSequence;
      this.#synced += messages;
    } else if (/^[✓=✗] /.test(msg)) {
      this.#filesEnded += 1;
    }
  }
}

/** What a line holds; undefined for one that isn't JSON, such as a warning of Node's. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Waits until a consumer is done with one more file than `before`.
 *
 * @throws {WorkerStalledError} when that takes longer than a minute
 */
export async function untilFileEnded(worker: WorkerProcess, before: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + stalledAfterMs;
  while (worker.filesEnded <= before) {
    if (performance.now() > deadline)
      throw new WorkerStalledError('was not done with a file for a minute', worker.tail);
    await pause(fileLookEveryMs, undefined, { signal });
  }
}

/**
 * Waits until workers have synced `count` messages together.
 *
 * @throws {WorkerStalledError} when they make no progress for a minute
 */
export async function untilSynced(
  workers: readonly WorkerProcess[],
  count: number,
  signal: AbortSignal,
): Promise<void> {
  let before = 0;
  let movedAt = performance.now();
  for (;;) {
    const synced = workers.reduce((sum, worker) => sum + worker.synced, 0);
    if (synced >= count) return;
    if (synced !== before) {
      before = synced;
      movedAt = performance.now();
    } else if (performance.now() - movedAt > stalledAfterMs) {
      const tails = workers.map(({ tail }) => tail).join('\n');
      throw new WorkerStalledError(`made no progress for a minute, with ${synced} of ${count} messages synced`, tails);
    }
    await pause(lookEveryMs, undefined, { signal });
  }
}
