import type { NothingSeen, WatchedQueue, WorkSeen } from '@hartonomous/operations';
import { expect, test } from 'vitest';
import { Output } from '../output.ts';
import { rateText, shortDuration } from './figures.ts';
import { watchLine } from './watch-line.ts';
import { watchScreen } from './watch-screen.ts';

const seenAt = new Date('2026-11-29T01:02:03.004Z');
const worker = {
  instance: 'a-very-long-host-name.example.com-4711',
  program: 'neo4j-sync-worker',
  version: '0.1.0 (1a2b3c4d5e6f)',
  state: 'RECEIVING',
  startedAt: seenAt,
  seenMsAgo: 1_200,
  perSecond: 1_234.5,
  errors: 999_999,
} as const;
const sync: WatchedQueue = {
  name: 'embedding',
  queue: 'dbo.EmbeddingQueue',
  description: '',
  reader: 'neo4j-sync-worker',
  isOn: true,
  messages: 12_345_678,
  oldestAgeMs: 7_200_000,
  retries: 12_345,
  pendingDeadLetters: 123_456,
  undelivered: 123_456,
  pauses: [],
  problems: [],
  perSecond: 1_234.5,
  errors: 999_999,
  workers: [worker],
};
const unseenQueue: WatchedQueue = {
  ...sync,
  name: 'sync',
  isOn: null,
  messages: null,
  oldestAgeMs: null,
  retries: null,
  pendingDeadLetters: null,
  undelivered: null,
  pauses: null,
  perSecond: null,
  errors: null,
  workers: null,
};
const well: WorkSeen = {
  seenAt,
  lookMs: 12,
  windowSeconds: 60,
  queues: [sync],
  syncLag: { changes: 10_000, p50Ms: 12, p95Ms: 1_500, p99Ms: 65_000, minutes: 15 },
  unseen: [],
};
const nothing: WorkSeen = {
  ...well,
  queues: [unseenQueue],
  syncLag: null,
  unseen: [
    { what: 'sync, stuck', reason: 'Not seen: only db_owner.' },
    { what: 'sync, endpoints', reason: 'Not seen: only db_owner.' },
  ],
};
const away: NothingSeen = {
  seenAt,
  failure: { code: 'BROKER_UNAVAILABLE', message: 'x'.repeat(200), action: null, kind: 'unreachable' },
};
const title = { title: 'Hartonomous on a-very-long-host-name-of-a-server.example.com', intervalMs: 2_000 };

test.each([
  ['large figures', well],
  ['nothing seen', nothing],
  ['a problem', { ...well, queues: [{ ...sync, isOn: false, problems: [{ message: 'It is off.', action: 'On.' }] }] }],
] as const)('a screen has at most 80 columns: %s', (_, seen) => {
  expect(watchScreen(seen, title).filter((line) => line.length > 80)).toEqual([]);
});

test('a screen: every figure, and the worker with its own', () => {
  const [, , , , queue, , , row, , lag] = watchScreen(well, title);
  const figures = ['12345678', '2h', '1235/s', '999999', '12345', '123456', '123456'];
  expect(queue?.split(/ +/)).toEqual(['embedding', 'on', ...figures]);
  expect(row).toBe('embedding  …ame.example.com-4711  0.1.0 1a2b3c4  receiving  1.2s  1235/s  999999');
  expect(lag).toBe('Lag to the graph, last 15 minutes: p50 12ms, p95 1.5s, p99 65s (10000 changes)');
});

test('what is not seen is a dash and is reported once with its reason; never 0', () => {
  const lines = watchScreen(nothing, title);
  expect(lines.find((line) => line.startsWith('sync '))?.split(/ +/)).toEqual(['sync', ...Array(8).fill('-')]);
  expect(lines).toContain('Workers are not seen.');
  expect(lines).toContain('Lag to the graph: not seen.');
  expect(lines.at(-1)).toBe('! not seen: sync, stuck; sync, endpoints: Not seen: only db_owner.');
  expect(lines.join('\n')).not.toMatch(/\b0\b(?! s;)/);
  expect(watchLine(nothing)).toBe(
    '2026-11-29T01:02:03.004Z sync state=- depth=- oldest=-; lag=-; not seen: sync stuck, sync endpoints',
  );
});

test('a look in one line', () => {
  const paused = { ...sync, pauses: [{} as never], messages: 0, oldestAgeMs: null, retries: 0 };
  expect(watchLine({ ...well, queues: [sync, paused] })).toBe(
    '2026-11-29T01:02:03.004Z embedding on depth=12345678 oldest=2h rate=1235/s errors=999999 dead=123456; ' +
      'embedding PAUSED depth=0 oldest=none rate=1235/s errors=999999 dead=123456; lag p50=12ms p95=1.5s p99=65s',
  );
  expect(watchLine(away)).toMatch(/^2026-11-29T01:02:03\.004Z BROKER_UNAVAILABLE: x+$/);
  expect(watchScreen(away, title)).toContain('Nothing is seen until it answers again.');
});

test.each([
  [null, '-'],
  [0, '0/s'],
  [0.01, '<0.1/s'],
  [0.05, '0.1/s'],
  [81.25, '81.3/s'],
  [1_234.5, '1235/s'],
])('%s a second is %s', (perSecond, text) => expect(rateText(perSecond)).toBe(text));

test.each([
  [null, '-'],
  [0, '0ms'],
  [999, '999ms'],
  [1_000, '1.0s'],
  [119_999, '119s'],
  [120_000, '2min'],
  [7_200_000, '2h'],
  [172_800_000, '2d'],
])('%s ms is %s', (ms, text) => expect(shortDuration(ms)).toBe(text));

test('a frame takes the place of the one before, cut to the terminal, and nothing in it acts on it', () => {
  let written = '';
  const stdout = { write: (text: string) => (written += text) };
  const output = new Output({ stdout, stderr: stdout }, false, false);
  output.frame(['abcdef', '\u001b[2Jx'], { ...stdout, rows: 10, columns: 4 });
  expect(written).toBe('abcd\n\\u00\n');
  written = '';
  output.frame(['1', '2', '3'], { ...stdout, rows: 3, columns: 80 });
  expect(written).toBe('\u001b[2A\u001b[0J1\n(2 more lines: the terminal is too small)\n');
  written = '';
  output.frame(['a line'], { ...stdout, rows: 0, columns: 0 });
  expect(written).toBe('\u001b[2A\u001b[0Ja line\n');
});
