/**
 * States of a row of `dbo.IngestionJob`, in the order of its life. QUEUED: its message waits. RUNNING: a worker has it. REFUSED:
 * it can't be ingested, and is about to be put among the dead letters. COMPLETED: its atoms are written. UNCHANGED: the tenant
 * has this very file already. DEAD_LETTERED: see `dbo.IngestionDeadLetterQueue`.
 */
export const jobStatuses = ['QUEUED', 'RUNNING', 'REFUSED', 'COMPLETED', 'UNCHANGED', 'DEAD_LETTERED'] as const;

/** See {@link jobStatuses}. */
export type JobStatus = (typeof jobStatuses)[number];

/** States that a job stays in. */
export const endedJobStatuses = ['COMPLETED', 'UNCHANGED', 'DEAD_LETTERED'] as const satisfies readonly JobStatus[];
