import type { Meter } from '@opentelemetry/api';
import type { JobScheduler } from './job-scheduler.ts';
import type { JobWatch } from './job-watch.ts';
import type { FileEnd } from './job-work.ts';

/** Seconds; from a note to a file that takes the time of a coffee. */
const durationBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

/** Counts and measures what the worker does with files; the metrics are in the README. All labels come from fixed lists. */
export class IngestionMetrics {
  readonly #files;
  readonly #deadLettered;
  readonly #bytes;
  readonly #atoms;
  readonly #edges;
  readonly #letters;
  readonly #notUnderstood;
  readonly #noted;
  readonly #duration;
  readonly #meter: Meter;

  constructor(meter: Meter) {
    this.#meter = meter;
    this.#files = meter.createCounter('hartonomous.ingestion.files', {
      description: 'Files that have come to an end, by outcome: completed, unchanged or dead_lettered',
      unit: '{file}',
    });
    this.#deadLettered = meter.createCounter('hartonomous.ingestion.dead_lettered', {
      description: 'Files put into dbo.IngestionDeadLetterQueue, by reason code',
      unit: '{file}',
    });
    this.#bytes = meter.createCounter('hartonomous.ingestion.bytes', {
      description: 'Bytes of the files that were ingested',
      unit: 'By',
    });
    this.#atoms = meter.createCounter('hartonomous.ingestion.atoms', {
      description: 'Atoms that were written, without those that were there',
      unit: '{atom}',
    });
    this.#edges = meter.createCounter('hartonomous.ingestion.edges', {
      description: 'Edges that were written, without those that were there',
      unit: '{edge}',
    });
    this.#letters = meter.createCounter('hartonomous.ingestion.letters', {
      description: 'Letters and digits in the atoms of the files that were ingested',
      unit: '{letter}',
    });
    this.#notUnderstood = meter.createCounter('hartonomous.ingestion.bytes_not_understood', {
      description: 'Bytes of the files that were ingested that are kept as they are, or are not valid',
      unit: 'By',
    });
    this.#noted = meter.createCounter('hartonomous.ingestion.noted', {
      description: 'Files about which something was noted, by code; ingested, unchanged or refused for it',
      unit: '{file}',
    });
    this.#duration = meter.createHistogram('hartonomous.ingestion.duration', {
      description: 'From the claim of a file to its last commit, by outcome',
      unit: 's',
      advice: { explicitBucketBoundaries: durationBuckets },
    });
  }

  /** Tells of the files in hand, and of those that wait in the database. */
  observeJobs(scheduler: Pick<JobScheduler, 'running'>, watch: Pick<JobWatch, 'latest'>): void {
    this.#meter
      .createObservableGauge('hartonomous.ingestion.in_hand', {
        description: 'Files that this process is working on',
        unit: '{file}',
      })
      .addCallback((result) => result.observe(scheduler.running));
    this.#meter
      .createObservableGauge('hartonomous.ingestion.jobs', {
        description: 'Jobs of the database that have not ended, by state: queued, ready, running or refused',
        unit: '{job}',
      })
      .addCallback((result) => {
        for (const { state, jobs } of watch.latest ?? []) result.observe(jobs, { state });
      });
    this.#meter
      .createObservableGauge('hartonomous.ingestion.oldest_age', {
        description: "Time since the oldest job in a state was enqueued, by the server's clock",
        unit: 's',
      })
      .addCallback((result) => {
        for (const { state, oldestAgeMs } of watch.latest ?? []) {
          if (oldestAgeMs !== null) result.observe(oldestAgeMs / 1_000, { state });
        }
      });
  }

  /** Counts a file, after its commit: until then nothing is final. */
  ended({ status, file, noteCodes, reasonCode, ms }: FileEnd): void {
    const outcome = status.toLowerCase();
    this.#files.add(1, { outcome });
    this.#duration.record(ms / 1_000, { outcome });
    if (reasonCode !== null) this.#deadLettered.add(1, { reason: reasonCode });
    for (const code of noteCodes) this.#noted.add(1, { code });
    if (file?.status !== 'COMPLETED') return;
    this.#bytes.add(file.bytes);
    this.#atoms.add(file.atoms);
    this.#edges.add(file.edges);
    if (file.reading === null) return;
    this.#letters.add(file.reading.letters);
    this.#notUnderstood.add(Math.round(file.bytes * file.reading.shareNotUnderstood));
  }
}
