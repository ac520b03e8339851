import { expect, test } from 'vitest';
import { logItem } from './log-item.ts';

const tags = { 'ai.cloud.role': 'hartonomous.w' };
const time = '2026-11-28T18:00:00.000Z';

test('a line is a message with its fields', () => {
  const line = JSON.stringify({
    time,
    level: 'warn',
    name: 'w',
    pid: 1,
    hostname: 'h',
    msg: 'slow',
    batch: 3,
    big: { a: [1] },
  });
  expect(logItem(line, tags)).toEqual({
    time: new Date(time),
    tags,
    baseType: 'MessageData',
    baseData: { message: 'slow', severityLevel: 'Warning', properties: { batch: '3', big: '{"a":[1]}' } },
  });
});

test('a line with an error is an exception', () => {
  const err = { type: 'BrokerError', code: 'X', message: 'broken', stack: 'BrokerError: broken\n  at x' };
  expect(logItem(JSON.stringify({ time, level: 'fatal', msg: 'failed', err, exitCode: 1 }), tags)).toMatchObject({
    baseType: 'ExceptionData',
    baseData: {
      severityLevel: 'Critical',
      exceptions: [{ typeName: 'BrokerError', message: 'broken', hasFullStack: true, stack: err.stack }],
      properties: { message: 'failed', exitCode: '1' },
    },
  });
});

test.each(['', 'text', '{"level":"info"}', '[]', 'null'])('%j is not a line of the log', (line) => {
  expect(logItem(line, tags)).toBeUndefined();
});

test('what is too long is cut', () => {
  const line = JSON.stringify({ time, level: 'info', msg: 'x'.repeat(40_000), ['n'.repeat(200)]: 'v'.repeat(9_000) });
  const { message, properties } = (logItem(line, tags)?.baseData ?? {}) as {
    message: string;
    properties: Record<string, string>;
  };
  expect(message).toHaveLength(32_768);
  expect(Object.entries(properties).map(([name, value]) => [name.length, value.length])).toEqual([[150, 8_192]]);
});
