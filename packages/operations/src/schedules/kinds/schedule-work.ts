import type { BrokerClient } from '@hartonomous/broker-client';
import type { SqlConnectionSettings } from '@hartonomous/config-loader';
import type { GraphConnectionOptions } from '@hartonomous/graph-sync';
import type { ScheduleResult } from '../schedule-lease.ts';

/** Where the work of schedules is done. */
export interface ScheduleTargets {
  readonly database: SqlConnectionSettings;
  /** Undefined where this environment has no graph. */
  readonly graph: GraphConnectionOptions | undefined;
}

/** What the work of one run gets. */
export interface ScheduleWork<Parameters> extends ScheduleTargets {
  readonly client: BrokerClient;
  readonly parameters: Parameters;
  /** The journal of who began this run before and vanished; null where nobody did. */
  readonly earlier: unknown;
  /** Writes the journal so far down, before the step that it describes. @throws ScheduleLeaseLostError */
  readonly note: (journal: object) => Promise<void>;
  /** Aborted when the process is to stop, and when the lease is lost. */
  readonly signal: AbortSignal;
}

/** A run that did what it was for. */
export function done(changes: number, summary: string, journal?: object): ScheduleResult {
  return { outcome: 'DONE', changes, summary, journal };
}

/** A run that found something wrong, or couldn't do it. */
export function failed(changes: number | null, summary: string, journal?: object): ScheduleResult {
  return { outcome: 'FAILED', changes, summary, journal };
}
