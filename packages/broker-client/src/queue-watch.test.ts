import { expect, test } from 'vitest';
import type { QueueStatus } from './queue-inspection.ts';
import { upstreamProblems } from './queue-watch.ts';

const status: QueueStatus = {
  isReceiveEnabled: true,
  isEnqueueEnabled: true,
  isActivationEnabled: false,
  activationProcedure: null,
  maxReaders: 0,
  isRetentionEnabled: false,
  isPoisonMessageHandlingEnabled: true,
};
const now = new Date('2026-11-25T12:00:00Z');
const options = { queue: 'dbo.BillingQueue', maxTransmissionAgeMs: 60_000, now };
const kinds = (observation: Parameters<typeof upstreamProblems>[0]) =>
  upstreamProblems(observation, options).map(({ kind }) => kind);
const stuckFor = (seconds: number) => ({
  toService: 'BillingService',
  status: 'The broker is disabled.',
  messages: 3,
  oldestEnqueuedAt: new Date(now.getTime() - seconds * 1_000),
});

test('what could not be seen is not a problem, and neither is a healthy queue', () => {
  expect(kinds({})).toEqual([]);
  expect(kinds({ status, isBrokerEnabled: true, stuck: [stuckFor(5)] })).toEqual([]);
});

test('everything that keeps messages away is reported, with what to do', () => {
  expect(kinds({ isBrokerEnabled: false })).toEqual(['broker-disabled']);
  expect(kinds({ status: { ...status, isEnqueueEnabled: false } })).toEqual(['queue-disabled']);
  expect(kinds({ status: { ...status, isActivationEnabled: true, activationProcedure: 'dbo.p' } })).toEqual([
    'activation-competes',
  ]);
  const [backlog] = upstreamProblems({ stuck: [stuckFor(90)] }, options);
  expect(backlog).toMatchObject({
    message: '3 messages wait in sys.transmission_queue, for example for BillingService (The broker is disabled.).',
    action: 'Once the cause is gone they are delivered by themselves.',
    text: expect.stringMatching(/^3 messages .*\. Once the cause/),
  });
});
