import { expect, test } from 'vitest';
import { InvalidHostOptionsError } from './errors.ts';
import { parseOptions, readLoggingOptions, stopOptionsSchema } from './options.ts';

test('logging options: command line over environment over default', () => {
  expect(readLoggingOptions({})).toEqual({ level: 'info' });
  expect(readLoggingOptions({ LOG_LEVEL: 'DEBUG' })).toEqual({ level: 'debug' });
  expect(readLoggingOptions({ LOG_LEVEL: '' })).toEqual({ level: 'info' });
  expect(readLoggingOptions({ LOG_FORMAT: 'json' }, ['--log-format', 'pretty'])).toEqual({
    level: 'info',
    format: 'pretty',
  });
  expect(readLoggingOptions({}, ['--other', '--log-format=json', '--log-level=warn'])).toEqual({
    level: 'warn',
    format: 'json',
  });
});

test('an unknown level or format is refused with all problems named', () => {
  const read = () => readLoggingOptions({ LOG_LEVEL: 'loud' }, ['--log-format', 'xml']);
  expect(read).toThrow(InvalidHostOptionsError);
  expect(read).toThrow(/logging\.level.*"trace".*logging\.format.*"pretty"/);
});

test('the grace of a forced stop must fit into the deadline', () => {
  expect(parseOptions(stopOptionsSchema, 'stop', {})).toEqual({ deadlineMs: 20_000, forceGraceMs: 2_000 });
  expect(() => parseOptions(stopOptionsSchema, 'stop', { deadlineMs: 1_000, forceGraceMs: 1_000 })).toThrow(
    'stop.forceGraceMs: forceGraceMs must be smaller than deadlineMs',
  );
});
