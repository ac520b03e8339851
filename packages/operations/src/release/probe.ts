import type { BrokerClient } from '@hartonomous/broker-client';
import type { WorkerService } from '../service/worker-services.ts';

/** What a probe needs. */
export interface ProbeOptions {
  readonly client: BrokerClient;
  readonly service: WorkerService;
  /** The worker that is to do it, as dbo.WorkerInstance has it. */
  readonly instance: string;
  /** Who deploys. */
  readonly owner: string;
  /** Longest time for everything, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How a probe went. */
export interface ProbeResult {
  /** In a sentence without its end. */
  readonly text: string;
  /** Milliseconds from the enqueueing of what got through. */
  readonly ms: number;
}

/** Between two checks for an outcome, in milliseconds. */
export const lookEveryMs = 50;
