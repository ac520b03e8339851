import type { TextEmbedderHooks } from '@hartonomous/embedding-providers';
import type { Meter } from '@opentelemetry/api';
import type { Backlog, Coverage, Release } from './job-store.ts';
import type { JobResult } from './result-list.ts';

/** Seconds; from hashing to a model that is being loaded. */
const durationBuckets = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Counts and measures what the worker does; the metrics are in the README. All labels come from fixed lists. */
export class GeneratorMetrics implements TextEmbedderHooks {
  readonly #jobs;
  readonly #lost;
  readonly #inputs;
  readonly #tokens;
  readonly #calls;
  readonly #rateLimited;
  readonly #cost;
  readonly #costOf: (tokens: number) => number;
  #backlog: Backlog | undefined;
  #coverage: Coverage | undefined;

  /** @param costOf what tokens cost */
  constructor(meter: Meter, costOf: (tokens: number) => number) {
    this.#costOf = costOf;
    this.#jobs = meter.createCounter('hartonomous.embedding.jobs', {
      description: 'Jobs by outcome: embedded, copied, unchanged, skipped, dead, given_back',
      unit: '{job}',
    });
    this.#lost = meter.createCounter('hartonomous.embedding.leases_lost', {
      description: 'Results discarded because another worker had taken over the job',
      unit: '{job}',
    });
    this.#inputs = meter.createCounter('hartonomous.embedding.inputs', {
      description: 'Texts, or windows of them, that the provider has made vectors of',
      unit: '{input}',
    });
    this.#tokens = meter.createCounter('hartonomous.embedding.tokens', {
      description: 'Tokens that the provider has billed, or that were counted where it does not say',
      unit: '{token}',
    });
    this.#cost = meter.createCounter('hartonomous.embedding.cost', {
      description: 'Cost of these tokens by Embedding:PricePerMillionTokens, in whatever currency that is',
    });
    this.#calls = meter.createHistogram('hartonomous.embedding.call.duration', {
      description: 'Calls to the provider that were answered',
      unit: 's',
      advice: { explicitBucketBoundaries: durationBuckets },
    });
    this.#rateLimited = meter.createCounter('hartonomous.embedding.rate_limited', {
      description: 'Calls that the provider refused for now (429), by kind: quota, capacity, temporary, unknown',
      unit: '{call}',
    });
    meter
      .createObservableGauge('hartonomous.embedding.waiting', {
        description: 'Jobs that are pending or running, as last counted',
        unit: '{job}',
      })
      .addCallback((result) => {
        if (this.#backlog !== undefined) result.observe(this.#backlog.jobs);
      });
    meter
      .createObservableGauge('hartonomous.embedding.oldest_age', {
        description: 'Age of the oldest job that is pending or running, as last counted',
        unit: 's',
      })
      .addCallback((result) => {
        if (this.#backlog !== undefined) result.observe(this.#backlog.oldestAgeSeconds);
      });
    meter
      .createObservableGauge('hartonomous.embedding.eligible', {
        description: 'Atoms that get an embedding of the model, as last counted',
        unit: '{atom}',
      })
      .addCallback((result) => {
        if (this.#coverage !== undefined) result.observe(this.#coverage.eligible);
      });
    meter
      .createObservableGauge('hartonomous.embedding.coverage', {
        description: 'Part of these that have it, from 0 to 1, as last counted',
        unit: '1',
      })
      .addCallback((result) => {
        if (this.#coverage === undefined) return;
        const { eligible, embedded } = this.#coverage;
        result.observe(eligible === 0 ? 1 : embedded / eligible);
      });
  }

  onCall: NonNullable<TextEmbedderHooks['onCall']> = ({ inputs, tokens, ms }) => {
    this.#inputs.add(inputs);
    this.#tokens.add(tokens);
    this.#cost.add(this.#costOf(tokens));
    this.#calls.record(ms / 1_000);
  };

  onRateLimited: NonNullable<TextEmbedderHooks['onRateLimited']> = ({ kind }) => this.#rateLimited.add(1, { kind });

  /** Counts results that were written, and those that came too late. */
  finished(results: readonly JobResult[], written: number): void {
    for (const result of results) {
      const isCopied = result.outcome === 'EMBEDDED' && result.stored.tokens === null;
      this.#jobs.add(1, { outcome: isCopied ? 'copied' : result.outcome.toLowerCase() });
    }
    if (written < results.length) this.#lost.add(results.length - written);
  }

  released(releases: readonly Release[]): void {
    for (const { status } of releases) this.#jobs.add(1, { outcome: status === 'DEAD' ? 'dead' : 'given_back' });
  }

  covered(coverage: Coverage): void {
    this.#coverage = coverage;
  }

  /** @param backlog undefined where nobody knows: it isn't shown as 0 then */
  waiting(backlog: Backlog | undefined): void {
    this.#backlog = backlog;
  }
}
