import type { BrokerClient } from '@hartonomous/broker-client';
import type { GraphConnection, GraphNavigator, LineageReader } from '@hartonomous/graph-sync';
import type { Logger } from '@hartonomous/worker-host';
import type { Slots } from './http/slots.ts';
import type { Turns } from './http/turns.ts';
import type { JobFollowers } from './ingestion/job-followers.ts';
import type { ResumableUploads } from './ingestion/resumable-uploads.ts';
import type { UploadGate } from './ingestion/upload-gate.ts';
import type { QueueView } from './operations/queue-view.ts';
import type { ReconcileRuns } from './operations/reconcile-runs.ts';
import type { Settings } from './options.ts';

/** What routes work with. */
export interface Services {
  readonly settings: Settings;
  /** For what fails after its answer has begun. */
  readonly logger: Logger;
  readonly client: BrokerClient;
  readonly graph: GraphConnection;
  readonly lineage: LineageReader;
  readonly navigator: GraphNavigator;
  readonly uploads: UploadGate;
  readonly resumable: ResumableUploads;
  readonly streams: Slots;
  readonly turns: Turns;
  readonly jobs: JobFollowers;
  readonly queues: QueueView;
  readonly reconciliations: ReconcileRuns;
  /** Aborted when the API is asked to stop: streams, which would never end, end. */
  readonly drain: AbortSignal;
}
