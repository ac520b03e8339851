import { BrokerError, TransientSqlError } from '@hartonomous/broker-client';
import { EmbeddingError, TextEmbedder } from '@hartonomous/embedding-providers';
import type { SendingRule } from '@hartonomous/embedding-settings';
import { decodeVector, encodeVector } from '@hartonomous/provenance-schema';
import type { ClaimedJob } from './claimed-job.ts';
import type { GeneratorMetrics } from './generator-metrics.ts';
import { type JobStore, lockTimeoutMs, type ModelRow, type Release } from './job-store.ts';
import { mayNotLeave } from './may-not-leave.ts';
import type { Projector } from './projection.ts';
import type { JobResult, StoredVector } from './result-list.ts';
import type { Usage } from './usage.ts';

/** What a batch of jobs needs. */
export interface BatchContext {
  readonly store: JobStore;
  readonly embedder: TextEmbedder;
  readonly projector: Projector;
  readonly rule: SendingRule;
  readonly model: ModelRow;
  readonly maxAttempts: number;
  readonly usage: Usage;
  readonly metrics: GeneratorMetrics;
  /** The provider has made vectors. */
  readonly onAnswered: () => void;
  /** Aborted: no further call is made, and what is left is given back. */
  readonly drain: AbortSignal;
  /** Aborted: let go at once. What is left is claimed by others when its lease runs out. */
  readonly force: AbortSignal;
}

/**
 * Claims after which a job is embedded in a call of its own: what ends workers then ends them for itself alone. Too few: restarts
 * make small calls. Too many: others are ended along with it so often.
 */
const sharedAttempts = 3;

/** Pause before a job is tried again that an application holds. */
const heldDelayMs = 5_000;

const capped = { isAttempt: false, delayMs: 0, code: 'CAP_REACHED', text: "The day's cap is reached." } as const;
const drained = { isAttempt: false, delayMs: 0, code: 'DRAINED', text: 'The worker was stopped.' } as const;

/** How many jobs of a batch ended how: `embedded`, `unchanged`, `skipped`, `refused`, `dead`, `given_back`. */
export type JobCounts = ReadonlyMap<string, number>;

/** Jobs for the same text. */
interface TextGroup {
  readonly text: string;
  readonly hash: Buffer;
  readonly jobs: ClaimedJob[];
}

/**
 * Does claimed jobs: those without text are skipped, unchanged texts are left as they are, texts that another atom has are copied, and
 * what is left is embedded and written call by call. No transaction is open while the provider works.
 *
 * @returns how they ended; a result that came after its lease had run out is counted as if it were written
 * @throws EmbeddingError of the provider, BrokerError of SQL Server; jobs without a result have been given back, where that was possible
 */
export async function doJobs(claimed: readonly ClaimedJob[], context: BatchContext): Promise<JobCounts> {
  const left = new Map(claimed.map((job) => [job.id, job]));
  const batch = new JobBatch(left, context);
  try {
    const due = await batch.dead();
    const groups = await batch.withoutCalls(due);
    await batch.embed(groups.filter(({ jobs }) => jobs.every(({ attempts }) => attempts <= sharedAttempts)));
    for (const group of groups.filter(({ jobs }) => jobs.some(({ attempts }) => attempts > sharedAttempts))) {
      await batch.embed([group]);
    }
    await batch.giveBack(batch.isCapReached ? capped : drained);
    return batch.ended;
  } catch (error) {
    if (context.force.aborted) throw error;
    if (context.drain.aborted) {
      await batch.giveBack(drained);
      return batch.ended;
    }
    // The provider says how things are with it; nothing of the jobs.
    const isOutage = error instanceof EmbeddingError || error instanceof BrokerError;
    const text = error instanceof Error ? error.message : String(error);
    const code = error instanceof EmbeddingError ? error.code : 'WORKER_FAILED';
    await batch.giveBack({ isAttempt: !isOutage, delayMs: 0, code, text }).catch(() => undefined);
    throw error;
  }
}

class JobBatch {
  readonly #left: Map<bigint, ClaimedJob>;
  readonly #context: BatchContext;
  readonly #ended = new Map<string, number>();
  #isCapReached = false;

  constructor(left: Map<bigint, ClaimedJob>, context: BatchContext) {
    this.#left = left;
    this.#context = context;
  }

  get ended(): JobCounts {
    return this.#ended;
  }

  /** Whether no more calls may be made today. */
  get isCapReached(): boolean {
    return this.#isCapReached;
  }

  /** Ends jobs that have been claimed too often; gives the others. */
  async dead(): Promise<readonly ClaimedJob[]> {
    const { maxAttempts } = this.#context;
    const spent = [...this.#left.values()].filter(({ attempts }) => attempts > maxAttempts);
    const text = `Claimed ${maxAttempts} times without a result: workers ended, or failed, over it.`;
    await this.#release(spent.map((job) => deadly(job, 'REPEATED_FAILURE', text)));
    return [...this.#left.values()];
  }

  /** Ends what needs no provider; gives the texts that are left, each once. */
  async withoutCalls(jobs: readonly ClaimedJob[]): Promise<readonly TextGroup[]> {
    const { store, embedder, model, force } = this.#context;
    const results: JobResult[] = [];
    const groups = new Map<string, TextGroup>();
    const texts = await this.#texts(jobs);
    for (const job of jobs) {
      if (!this.#left.has(job.id)) continue;
      const atom = texts.get(job.atomId);
      if (atom === undefined || !TextEmbedder.hasContent(atom.text)) {
        results.push({ job, outcome: 'SKIPPED' });
        continue;
      }
      const hash = embedder.hashOf(atom.text, 'document', model.version);
      if (atom.embeddedHash?.equals(hash) === true) {
        results.push({ job, outcome: 'UNCHANGED' });
        continue;
      }
      const key = hash.toString('hex');
      const group = groups.get(key) ?? { text: atom.text, hash, jobs: [] };
      group.jobs.push(job);
      groups.set(key, group);
    }
    const known =
      groups.size === 0 ? new Map<never, never>() : await store.vectors(model.id, [...groups.keys()], force);
    for (const [key, { vector, windows }] of known) {
      const group = groups.get(key);
      if (group === undefined) continue;
      groups.delete(key);
      const stored = this.#stored(Float32Array.from(decodeVector(vector)), group.hash, windows, null);
      for (const job of group.jobs) results.push({ job, outcome: 'EMBEDDED', stored });
    }
    const sent = await this.#sendable([...groups.values()], results);
    await this.#finish(results);
    return sent;
  }

  /** Texts that may go to the provider; adds the results of the others. One atom that may not leave keeps its text from leaving. */
  async #sendable(groups: readonly TextGroup[], results: JobResult[]): Promise<readonly TextGroup[]> {
    const { rule, store, force } = this.#context;
    const kept = await mayNotLeave(
      groups.flatMap((group) => group.jobs),
      rule,
      store,
      force,
    );
    const isKept = (group: TextGroup) => group.jobs.some((job) => kept.has(job));
    for (const group of groups.filter(isKept)) {
      for (const job of group.jobs) results.push({ job, outcome: 'REFUSED' });
    }
    return groups.filter((group) => !isKept(group));
  }

  /** Embeds texts and writes each call's vectors before the next call is made. */
  async embed(groups: readonly TextGroup[]): Promise<void> {
    const { embedder, model, usage, onAnswered, drain, force } = this.#context;
    if (groups.length === 0 || drain.aborted || this.#isCapReached) return;
    const texts = groups.map(({ text }) => text);
    for await (const done of embedder.embed(texts, 'document', force, drain)) {
      const results: JobResult[] = [];
      const refused: Release[] = [];
      for (const outcome of done) {
        const group = groups[outcome.place];
        if (group === undefined) continue;
        if ('refused' in outcome) {
          const { code, message } = outcome.refused;
          for (const job of group.jobs) refused.push(deadly(job, code, message));
          continue;
        }
        for (const [index, job] of group.jobs.entries()) {
          const tokens = index === 0 ? outcome.tokens : null;
          const stored = this.#stored(outcome.vector, group.hash, outcome.windows, tokens);
          results.push({ job, outcome: 'EMBEDDED', stored });
        }
      }
      if (results.length > 0) onAnswered();
      await this.#finish(results);
      await this.#release(refused);
      ({ isCapReached: this.#isCapReached } = await usage.record(model.id, force));
      if (drain.aborted || this.#isCapReached) return;
    }
  }

  /** Gives back whatever has no result. */
  async giveBack(release: Pick<Release, 'isAttempt' | 'delayMs' | 'code' | 'text'>): Promise<void> {
    await this.#release([...this.#left.values()].map((job) => ({ job, status: 'PENDING', ...release })));
  }

  /**
   * The texts; jobs whose atom an application holds are given back, so that they hold up no others. Each half of the jobs waits half as
   * long as both together have: where all are held, they would wait for minutes otherwise.
   */
  async #texts(jobs: readonly ClaimedJob[], waitMs = lockTimeoutMs): ReturnType<JobStore['texts']> {
    const { store, model, drain, force } = this.#context;
    drain.throwIfAborted();
    const ids = (of: readonly ClaimedJob[]) => [...new Set(of.map(({ atomId }) => atomId))];
    try {
      return await store.texts(model.id, ids(jobs), waitMs, force);
    } catch (error) {
      if (!(error instanceof TransientSqlError)) throw error;
      if (jobs.length === 1) {
        const text = 'An open transaction of an application holds the atom.';
        const held = { status: 'PENDING', isAttempt: false, delayMs: heldDelayMs, code: 'ATOM_HELD', text } as const;
        await this.#release(jobs.map((job) => ({ job, ...held })));
        return new Map();
      }
      const middle = Math.ceil(jobs.length / 2);
      const halfMs = Math.ceil(waitMs / 2);
      const first = await this.#texts(jobs.slice(0, middle), halfMs);
      return new Map([...first, ...(await this.#texts(jobs.slice(middle), halfMs))]);
    }
  }

  #stored(vector: Float32Array, textHash: Buffer, windows: number, tokens: number | null): StoredVector {
    const projection = this.#context.projector.project(vector);
    return {
      dimension: vector.length,
      vector: Buffer.from(encodeVector(vector)),
      textHash,
      projection,
      windows,
      tokens,
    };
  }

  async #finish(results: readonly JobResult[]): Promise<void> {
    const { store, model, metrics, force } = this.#context;
    const written = await store.finish(model.id, results, force);
    for (const { job, outcome } of results) this.#endedAs(job, outcome.toLowerCase());
    metrics.finished(results, written);
  }

  async #release(releases: readonly Release[]): Promise<void> {
    const { store, metrics, force } = this.#context;
    await store.release(releases, force);
    for (const { job, status } of releases) this.#endedAs(job, status === 'DEAD' ? 'dead' : 'given_back');
    metrics.released(releases);
  }

  #endedAs(job: ClaimedJob, outcome: string): void {
    this.#left.delete(job.id);
    this.#ended.set(outcome, (this.#ended.get(outcome) ?? 0) + 1);
  }
}

function deadly(job: ClaimedJob, code: string, text: string): Release {
  return { job, status: 'DEAD', delayMs: 0, isAttempt: true, code, text };
}
