import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLogger, type Logger } from './logging.ts';
import type { LoggingOptions } from './options.ts';

function logToFile(options: LoggingOptions, isTerminal = false): { logger: Logger; read: () => string } {
  const folder = mkdtempSync(join(tmpdir(), 'worker-host-log-'));
  const file = join(folder, 'log');
  const fileDescriptor = openSync(file, 'a');
  onTestFinished(() => {
    closeSync(fileDescriptor);
    rmSync(folder, { recursive: true });
  });
  return {
    logger: createLogger(options, { name: 'test-worker', fileDescriptor, isTerminal }),
    read: () => readFileSync(file, 'utf8'),
  };
}

test('writes one JSON object per line when not on a terminal, and the line is there at once', () => {
  const { logger, read } = logToFile({ level: 'info' });
  logger.info({ batchSize: 3 }, 'Received message from %s', 'Neo4jSyncQueue');
  logger.debug('left out');
  const lines = read().trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'info',
    name: 'test-worker',
    batchSize: 3,
    msg: 'Received message from Neo4jSyncQueue',
  });
});

test('writes readable lines on a terminal, in colour', () => {
  const { logger, read } = logToFile({ level: 'info' }, true);
  logger.info({ batchSize: 3 }, 'Polling Neo4jSyncQueue for messages...');
  const line = read();
  expect(line).toContain('Polling Neo4jSyncQueue for messages...');
  expect(line).toContain('\u001b[');
  expect(line).not.toMatch(/^\{/);
});

test('the asked-for format wins over the terminal', () => {
  const { logger, read } = logToFile({ level: 'info', format: 'json' }, true);
  logger.info('hello');
  expect(JSON.parse(read())).toMatchObject({ msg: 'hello' });
});

const secret = 'hunter22';
const ways: readonly [string, (logger: Logger) => void][] = [
  ['a field', (logger) => logger.info({ password: secret })],
  ['a deep field', (logger) => logger.info({ config: { Neo4j: [{ Password: secret }] } }, 'loaded')],
  ['the message', (logger) => logger.info(`using Server=db;Password=${secret};`)],
  ['an argument of the message', (logger) => logger.info('using %s and %o', `pwd=${secret}`, { pwd: secret })],
  ['a child logger', (logger) => logger.child({ token: secret, url: `bolt://u:${secret}@h` }).info('child')],
  ['an error alone', (logger) => logger.error(new Error(`Password=${secret};`))],
  ['an error as err', (logger) => logger.error({ err: new Error(`Password=${secret};`) })],
  [
    'the cause of an error',
    (logger) =>
      logger.error({ err: new Error('a', { cause: Object.assign(new Error('b'), { password: secret }) }) }, 'c'),
  ],
];
test.each(ways.flatMap(([way, log]) => (['json', 'pretty'] as const).map((format) => ({ way, log, format }))))(
  'a secret in $way does not reach the $format log',
  ({ log, format }) => {
    const { logger, read } = logToFile({ level: 'info', format });
    log(logger);
    expect(read()).toContain('***');
    expect(read()).not.toContain(secret);
  },
);

test('an error shows its code, whether it may be retried, its stack and its cause, also in the pretty log', () => {
  const error = Object.assign(new Error('Neo4j is away', { cause: new Error('connect ECONNREFUSED') }), {
    code: 'NEO4J_AWAY',
    retryable: true,
  });
  for (const format of ['json', 'pretty'] as const) {
    const { logger, read } = logToFile({ level: 'info', format });
    logger.error({ err: error }, 'Batch failed');
    const text = read();
    for (const part of ['Batch failed', 'NEO4J_AWAY', 'retryable', 'logging.test.ts', 'ECONNREFUSED']) {
      expect(text).toContain(part);
    }
  }
});

const hostile = '\u001b]52;c;eA==\u0007\u009b2J\u202e';
const places: readonly [string, (logger: Logger) => void][] = [
  ['the message', (logger) => logger.info(`took ${hostile}`)],
  ['an argument', (logger) => logger.info('took %s', hostile)],
  ['a field', (logger) => logger.info({ file: hostile, list: [hostile] }, 'took')],
  ["a field's name", (logger) => logger.info({ metadata: { [hostile]: 1 } }, 'took')],
  ['an error', (logger) => logger.error({ err: Object.assign(new Error(hostile), { path: hostile }) }, 'failed')],
  ['an error alone', (logger) => logger.error(new Error(hostile))],
];
test.each(places.flatMap(([place, log]) => (['json', 'pretty'] as const).map((format) => ({ place, log, format }))))(
  'nothing of $place acts on the terminal that shows the $format log',
  ({ log, format }) => {
    const { logger, read } = logToFile({ level: 'info', format });
    log(logger);
    expect(read()).toContain('202e');
    expect(read()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  },
);

test('a message has one line in both formats, so that no name can look like a line', () => {
  for (const format of ['json', 'pretty'] as const) {
    const { logger, read } = logToFile({ level: 'info', format });
    logger.info('took a\n[12:00:00] ERROR: forged');
    expect(read().trim().split('\n')).toHaveLength(1);
  }
});

test('what JSON lines say is what was logged', () => {
  const { logger, read } = logToFile({ level: 'info', format: 'json' });
  logger.info({ file: hostile }, hostile);
  expect(JSON.parse(read())).toMatchObject({ file: hostile, msg: hostile });
});
