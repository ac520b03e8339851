import { expect, test } from 'vitest';
import type { Schedule } from '../schedules/schedules.ts';
import { findingsOf } from './schedule-findings.ts';

const startedAt = new Date();
const well: Schedule = {
  name: 'nightly',
  kind: 'PURGE',
  cron: '30 2 * * *',
  timeZone: 'UTC',
  parameters: {},
  isEnabled: true,
  dueAt: new Date(),
  overdueMs: null,
  isRunning: false,
  changedBy: 'anna@web1',
  lastRun: { outcome: 'DONE', startedAt, summary: 'Deleted: 0.' },
};

test.each<[what: string, changes: Partial<Schedule>, ids: readonly string[]]>([
  ['all is well', {}, []],
  ['it has never run', { lastRun: null }, []],
  ['it is due for a moment', { overdueMs: 300_000 }, []],
  ['nobody claims it', { overdueMs: 300_001 }, ['problem schedule.overdue.nightly']],
  [
    'its last run failed',
    { lastRun: { outcome: 'FAILED', startedAt, summary: 'x' } },
    ['warning schedule.failed.nightly'],
  ],
  [
    'both',
    { overdueMs: 900_000, lastRun: { outcome: 'ABANDONED', startedAt, summary: null } },
    ['problem schedule.overdue.nightly', 'warning schedule.failed.nightly'],
  ],
])('%s', (_, changes, ids) => {
  const findings = findingsOf({ ...well, ...changes });
  expect(findings.map(({ state, id }) => `${state} ${id}`)).toEqual(ids);
  for (const { why } of findings) expect(why).not.toBeNull();
});
