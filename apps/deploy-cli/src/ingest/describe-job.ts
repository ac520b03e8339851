import type { Job } from '@hartonomous/operations';
import type { JobStatus } from '@hartonomous/provenance-schema';

const signs: Readonly<Record<JobStatus, string>> = {
  QUEUED: '.',
  RUNNING: '.',
  REFUSED: '✗',
  COMPLETED: '✓',
  UNCHANGED: '=',
  DEAD_LETTERED: '✗',
};

/** A job as one line, for people. */
export function describeJob(job: Job): string {
  return `${signs[job.status]} ${job.jobId}  ${job.fileName} (tenant ${job.tenantId}) ${outcomeOf(job)}`;
}

function outcomeOf({ status, documentAtomId, newAtoms, errorCode, errorText, notes }: Job): string {
  const noted = notes.length === 0 ? '' : `; noted: ${notes.map(({ code, count }) => `${code} (${count})`).join(', ')}`;
  switch (status) {
    case 'QUEUED':
      return 'waits';
    case 'RUNNING':
      return 'is being ingested';
    case 'REFUSED':
      return `is refused, ${errorCode}`;
    case 'COMPLETED':
      return `is atom ${documentAtomId}, with ${newAtoms} new atoms${noted}`;
    case 'UNCHANGED':
      return `is unchanged: it is atom ${documentAtomId} already${noted}`;
    case 'DEAD_LETTERED':
      return `was dead-lettered, ${errorCode}: ${errorText}${errorCode === 'STRICT_NOTED' ? '' : noted}`;
  }
}
