import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { onStopSignals } from './stop-signals.ts';

function watch() {
  const source = new EventEmitter();
  const calls: string[] = [];
  const detach = onStopSignals(
    { first: (signal) => calls.push(`first ${signal}`), second: (signal) => calls.push(`second ${signal}`) },
    source,
  );
  return { source, calls, detach };
}

test('calls each handler once, whatever the mix of signals', () => {
  const { source, calls } = watch();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGTERM', 'SIGINT']) source.emit(signal, signal);
  expect(calls).toEqual(['first SIGINT', 'second SIGTERM']);
});

test('listens to nothing after it is detached', () => {
  const { source, calls, detach } = watch();
  detach();
  detach();
  source.emit('SIGTERM', 'SIGTERM');
  expect(calls).toEqual([]);
  expect(source.eventNames()).toEqual([]);
});
