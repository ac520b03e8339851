/**
 * What a row of `dbo.Schedule` may be about. PURGE: rows past their retention go. RECONCILE: tables and graph are compared, and repaired
 * where the schedule says so. BACKFILL: atoms without an embedding get jobs. CANARY: a message goes through the whole way. SELF_REPAIR: a
 * diagnosis, and its safe fixes.
 */
export const scheduleKinds = ['PURGE', 'RECONCILE', 'BACKFILL', 'CANARY', 'SELF_REPAIR'] as const;

/** See {@link scheduleKinds}. */
export type ScheduleKind = (typeof scheduleKinds)[number];

/**
 * What a row of `dbo.ScheduleRun` may say. RUNNING: it is being worked on. DONE. FAILED: it found something wrong, or could not be done.
 * SKIPPED: it had a reason to do nothing. ABANDONED: who worked on it vanished, repeatedly, or the schedule was removed meanwhile.
 */
export const scheduleOutcomes = ['RUNNING', 'DONE', 'FAILED', 'SKIPPED', 'ABANDONED'] as const;

/** See {@link scheduleOutcomes}. */
export type ScheduleOutcome = (typeof scheduleOutcomes)[number];
