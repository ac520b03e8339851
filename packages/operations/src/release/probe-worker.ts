import type { ProbeOptions, ProbeResult } from './probe.ts';
import { probeEmbedding } from './probe-embedding.ts';
import { probeIngestion } from './probe-ingestion.ts';
import { probeSync } from './probe-sync.ts';

const probes: Readonly<Record<string, (options: ProbeOptions) => Promise<ProbeResult>>> = {
  'neo4j-sync': probeSync,
  'ces-consumer': probeIngestion,
  'embedding-generator': probeEmbedding,
};

/**
 * Proves that one worker does its work, from the message to the outcome, while all others of its queue pause.
 *
 * @throws ReleaseProbeError when nothing got through it in time, or was refused
 * @throws BrokerError
 */
export async function probeWorker(options: ProbeOptions): Promise<ProbeResult> {
  const prove = probes[options.service.name];
  if (prove === undefined) throw new TypeError(`${options.service.name} has no probe.`);
  return await prove(options);
}
