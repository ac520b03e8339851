import { pino } from 'pino';
import { expect, test } from 'vitest';
import { IllegalTransitionError } from './errors.ts';
import { WorkerHost } from './worker-host.ts';

const logger = pino({ level: 'silent' });

function idleWorker(): WorkerHost {
  return new WorkerHost(
    {
      name: 'idle',
      displayName: 'Idle Worker',
      start: async ({ drain }) => ({
        run: () => new Promise((resolve) => drain.addEventListener('abort', () => resolve())),
        [Symbol.asyncDispose]: async () => {},
      }),
    },
    logger,
    { deadlineMs: 500, forceGraceMs: 50 },
  );
}

test('running twice, or stopping what does not run, is an illegal transition', async () => {
  const host = idleWorker();
  expect(() => host.stop('test')).toThrow(IllegalTransitionError);
  const outcome = host.run();
  await expect(host.run()).rejects.toBeInstanceOf(IllegalTransitionError);
  host.stop('test');
  expect(() => host.stop('test')).toThrow(IllegalTransitionError);
  expect(await outcome).toEqual({ kind: 'clean' });
  expect(host.state).toBe('stopped');
});

test('a stop during the start never enters running, and closes what the start opened', async () => {
  const opened = Promise.withResolvers<void>();
  const calls: string[] = [];
  const host = new WorkerHost(
    {
      name: 'slow',
      displayName: 'Slow Worker',
      start: async () => {
        await opened.promise;
        return {
          run: async () => {
            calls.push('run');
          },
          [Symbol.asyncDispose]: async () => {
            calls.push('closed');
          },
        };
      },
    },
    logger,
  );
  const outcome = host.run();
  host.stop('test');
  opened.resolve();
  expect(await outcome).toEqual({ kind: 'clean' });
  expect(calls).toEqual(['closed']);
});

test('an error while closing connections is a failure', async () => {
  const host = new WorkerHost(
    {
      name: 'sticky',
      displayName: 'Sticky Worker',
      start: async () => ({
        run: async () => {},
        [Symbol.asyncDispose]: () => Promise.reject(new Error('close failed')),
      }),
    },
    logger,
  );
  expect(await host.run()).toMatchObject({ kind: 'failed', error: { message: 'close failed' } });
  expect(host.state).toBe('failed');
});

test.each([
  ['fails', () => Promise.reject(new Error('run failed')), { kind: 'failed', error: { message: 'run failed' } }],
  ['ends by itself', async () => {}, { kind: 'forced' }],
])(
  'a worker that %s, and whose connections never close, does not hold the process for ever',
  async (_, run, expected) => {
    const host = new WorkerHost(
      {
        name: 'hanging',
        displayName: 'Hanging Worker',
        start: async () => ({ run, [Symbol.asyncDispose]: () => new Promise<void>(() => undefined) }),
      },
      logger,
      { deadlineMs: 150, forceGraceMs: 50 },
    );
    expect(await host.run()).toMatchObject(expected);
    expect(host.state).toBe('failed');
  },
  5_000,
);
