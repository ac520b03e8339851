import { createHash } from 'node:crypto';
import type { Job } from '@hartonomous/operations';

const producer = 'urn:hartonomous:api';
const schema = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';
const facet = (name: string, version: string, definition: string) => ({
  _producer: producer,
  _schemaURL: `https://openlineage.io/spec/facets/${version}/${name}.json#/$defs/${definition}`,
});

/** Namespace of UUIDs of runs; any will do that stays the same. */
const runNamespace = Buffer.from('6f1c9d0e5a7b4d1f9c3e2b8a7d6f5e4c', 'hex');

/**
 * The events of an ingestion that has ended, as OpenLineage 2-0-2 has them: START, and COMPLETE or FAIL. A file is a dataset, and so is
 * the document that it became; atoms are too small for that. The same ingestion always has the same run id.
 */
export function openLineageEvents(job: Job): readonly object[] {
  const { tenantId, jobId, enqueuedAt, startedAt, finishedAt, status } = job;
  const namespace = `hartonomous:tenant:${tenantId}`;
  const run = { runId: runId(`${tenantId}/${jobId}`) };
  const inputs = [inputOf(job)];
  const common = { job: { namespace, name: 'ingestion' }, inputs, producer, schemaURL: schema };
  const start = startedAt ?? enqueuedAt ?? finishedAt;
  const end = finishedAt ?? start;
  if (start === null || end === null) return [];
  const hasFailed = status === 'DEAD_LETTERED';
  return [
    { eventType: 'START', eventTime: start, run, outputs: [], ...common },
    {
      ...{ eventType: hasFailed ? 'FAIL' : 'COMPLETE', eventTime: end },
      run: hasFailed ? { ...run, facets: { errorMessage: errorOf(job) } } : run,
      outputs: outputsOf(job, namespace),
      ...common,
    },
  ];
}

/** A file that was uploaded has no place of its own; one of a URI has. */
function inputOf({ fileName, sourceUri }: Job): object {
  if (sourceUri !== null && URL.canParse(sourceUri)) {
    const { protocol, host, pathname } = new URL(sourceUri);
    const scheme = protocol.slice(0, -1);
    return { namespace: host === '' ? scheme : `${scheme}://${host}`, name: pathname };
  }
  return { namespace: 'file', name: fileName };
}

function outputsOf({ documentAtomId, newAtoms, bytes }: Job, namespace: string): readonly object[] {
  if (documentAtomId === null) return [];
  const document = { namespace, name: `document/${documentAtomId}` };
  if (newAtoms === null) return [document];
  const outputStatistics = {
    ...facet('OutputStatisticsOutputDatasetFacet', '1-0-2', 'OutputStatisticsOutputDatasetFacet'),
    rowCount: newAtoms,
    ...(bytes === null ? {} : { size: bytes }),
  };
  return [{ ...document, outputFacets: { outputStatistics } }];
}

function errorOf({ errorCode, errorText }: Job): object {
  return {
    ...facet('ErrorMessageRunFacet', '1-0-1', 'ErrorMessageRunFacet'),
    message: `${errorCode ?? 'UNKNOWN'}: ${errorText ?? ''}`,
    programmingLanguage: 'TypeScript',
  };
}

/** A UUID of version 5 (RFC 9562). */
function runId(name: string): string {
  const bytes = createHash('sha1').update(runNamespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
