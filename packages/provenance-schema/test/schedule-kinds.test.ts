import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { databaseProject, scheduleKinds, scheduleOutcomes } from '../src/index.ts';

const wordsIn = (path: string, column: string) => {
  const sql = readFileSync(new URL(path, databaseProject.root), 'utf8');
  const [, list = ''] = new RegExp(`CHECK \\(\\[${column}\\] IN \\(([^)]*)\\)`).exec(sql) ?? [];
  return [...list.matchAll(/N'(\w+)'/g)].map(([, word]) => word);
};

it('the tables let in each kind and each outcome, and no other', () => {
  expect(wordsIn('Tables/Schedule.sql', 'Kind')).toEqual(scheduleKinds);
  expect(wordsIn('Tables/ScheduleRun.sql', 'Outcome')).toEqual(scheduleOutcomes);
});
