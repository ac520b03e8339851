import type { Attributes, Meter } from '@opentelemetry/api';
import { type BatchResult, countsByType } from './batch-records.ts';
import type { CoalescedRequest } from './coalesce.ts';

/** The steps of a batch after its RECEIVE, in their order. */
export type BatchStage = 'decode' | 'read' | 'write' | 'record' | 'commit';

/** Seconds; from a fast step of one message to one that a time-out ends. */
const stageBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Seconds; from what a person takes for at once to a backlog of a day. */
const ageBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 14_400, 86_400];

/** Counts and measures what the worker does with messages; the metrics are in the README. All labels come from fixed lists. */
export class SyncMetrics {
  readonly #entities;
  readonly #coalesced;
  readonly #deadLettered;
  readonly #stages;
  readonly #age;
  readonly #retries;

  constructor(meter: Meter) {
    this.#entities = meter.createCounter('hartonomous.sync.entities', {
      description: 'Entities that batches brought up to date, by type and outcome: synced, deleted or stale',
      unit: '{entity}',
    });
    this.#coalesced = meter.createCounter('hartonomous.sync.messages.coalesced', {
      description:
        'Messages that needed no work of their own, because another of their batch was about the same entity',
      unit: '{message}',
    });
    this.#deadLettered = meter.createCounter('hartonomous.sync.messages.dead_lettered', {
      description: 'Messages put into dbo.Neo4jSyncDeadLetterQueue, by reason code',
      unit: '{message}',
    });
    this.#stages = meter.createHistogram('hartonomous.sync.stage.duration', {
      description:
        'Steps of batches: decode, read (SQL), write (Neo4j), record (log, dead letters, conversations), commit (SQL)',
      unit: 's',
      advice: { explicitBucketBoundaries: stageBuckets },
    });
    this.#age = meter.createHistogram('hartonomous.sync.age', {
      description: 'From the enqueue of the oldest message about an entity to the commit in Neo4j, by entity type',
      unit: 's',
      advice: { explicitBucketBoundaries: ageBuckets },
    });
    this.#retries = meter.createCounter('hartonomous.sync.neo4j.retries', {
      description: 'Transactions repeated because Neo4j called their failure transient',
      unit: '{retry}',
    });
  }

  /** Measures a step of a batch, also one that fails. */
  async stage<T>(stage: BatchStage, work: () => Promise<T> | T): Promise<T> {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.#stages.record((performance.now() - startedAt) / 1_000, { stage });
    }
  }

  /** A transaction in Neo4j is repeated. */
  retried(): void {
    this.#retries.add(1);
  }

  /**
   * Counts a batch, after its commit in SQL: until then nothing is final.
   * @param writtenAt milliseconds since 1970, when the graph had been committed
   */
  committed(result: BatchResult, writtenAt: number): void {
    for (const { entityType, synced, deleted, stale } of countsByType(result.applied)) {
      for (const [outcome, count] of Object.entries({ synced, deleted, stale })) {
        if (count > 0) this.#entities.add(count, { entity_type: entityType, outcome });
      }
    }
    let coalesced = 0;
    for (const { change } of result.applied) {
      coalesced += change.request.messages.length - 1;
      this.#recordAge(change.request, writtenAt);
    }
    if (coalesced > 0) this.#coalesced.add(coalesced);
    for (const { request, error } of result.refusedRequests) this.#dead(request.messages.length, error.reasonCode);
    for (const { reasonCode } of result.refusedMessages) this.#dead(1, reasonCode);
  }

  /** Clock skew: negative ages are recorded as 0. */
  #recordAge({ entity, enqueuedAt }: CoalescedRequest, writtenAt: number): void {
    if (enqueuedAt === null) return;
    const labels: Attributes = { entity_type: entity.name };
    this.#age.record(Math.max(0, writtenAt - enqueuedAt.getTime()) / 1_000, labels);
  }

  #dead(messages: number, reason: string): void {
    this.#deadLettered.add(messages, { reason });
  }
}
