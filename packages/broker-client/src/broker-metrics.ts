import type { Attributes, Meter } from '@opentelemetry/api';
import type { QueueWatch } from './queue-watch.ts';
import type { ReceiveLoopHooks } from './receive-loop-options.ts';
import { type ReceiveLoopState, receiveLoopStates } from './receive-loop-state.ts';

/** Seconds; from a fast batch of one message to one that a time-out ends. */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Messages; the bounds of batch sizes. */
const sizeBuckets = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000];

/** The hooks that count what a receive loop of this queue does; see the README for the metrics. */
export function receiveLoopMetrics<Dependency extends string>(
  meter: Meter,
  queue: string,
): Required<Pick<ReceiveLoopHooks<Dependency>, 'onReceived' | 'onCompleted' | 'onFailed' | 'onRolledBack'>> {
  const labels: Attributes = { queue };
  const messages = meter.createCounter('service_broker.received.messages', {
    description: 'Messages received, without system messages; received again after a rollback, they count again',
    unit: '{message}',
  });
  const systemMessages = meter.createCounter('service_broker.received.system_messages', {
    description: 'EndDialog, Error and DialogTimer messages received',
    unit: '{message}',
  });
  const size = meter.createHistogram('service_broker.batch.size', {
    description: 'Messages of a batch, of those that had any',
    unit: '{message}',
    advice: { explicitBucketBoundaries: sizeBuckets },
  });
  const receives = meter.createHistogram('service_broker.receive.duration', {
    description: 'RECEIVE of batches that were not empty, with the wait for the first message',
    unit: 's',
    advice: { explicitBucketBoundaries: durationBuckets },
  });
  const batches = meter.createHistogram('service_broker.batch.duration', {
    description: 'Handler and commit of batches that were not empty and succeeded',
    unit: 's',
    advice: { explicitBucketBoundaries: durationBuckets },
  });
  const failures = meter.createCounter('service_broker.failures', {
    description: 'Receives and batches that failed, by dependency, step, and outcome: retry (transient) or outage',
    unit: '{failure}',
  });
  const rollbacks = meter.createCounter('service_broker.rollbacks', {
    description: 'Transactions that had received messages and were rolled back; SQL Server reacts to five in a row',
    unit: '{transaction}',
  });
  return {
    onReceived: ({ batch, ms }) => {
      if (batch.isEmpty) return;
      messages.add(batch.messages.length, labels);
      systemMessages.add(batch.systemMessages.length, labels);
      size.record(batch.messages.length + batch.systemMessages.length, labels);
      receives.record(ms / 1_000, labels);
    },
    onCompleted: ({ batch, ms }) => {
      if (!batch.isEmpty) batches.record(ms / 1_000, labels);
    },
    onFailed: ({ dependency, step, isRetriedAtOnce }) => {
      failures.add(1, { ...labels, dependency, step, outcome: isRetriedAtOnce ? 'retry' : 'outage' });
    },
    onRolledBack: () => rollbacks.add(1, labels),
  };
}

/** What {@link observeReceiveLoop} reads of a receive loop. */
interface ObservedLoop<Dependency extends string> {
  readonly state: ReceiveLoopState;
  /** Most messages of the next batch. */
  readonly batchSize: number;
  readonly away: ReadonlySet<Dependency>;
}

/** Measures the state of a receive loop when metrics are collected. */
export function observeReceiveLoop<Dependency extends string>(
  meter: Meter,
  queue: string,
  loop: ObservedLoop<Dependency>,
  dependencies: readonly Dependency[],
): void {
  meter
    .createObservableGauge('service_broker.loop.state', { description: '1 for the state that the loop is in, else 0' })
    .addCallback((result) => {
      for (const state of receiveLoopStates) result.observe(loop.state === state ? 1 : 0, { queue, state });
    });
  meter
    .createObservableGauge('service_broker.circuit.open', {
      description: '1 while the dependency is away and nothing is received for it, else 0',
    })
    .addCallback((result) => {
      for (const dependency of dependencies) result.observe(loop.away.has(dependency) ? 1 : 0, { queue, dependency });
    });
  meter
    .createObservableGauge('service_broker.batch.limit', {
      description: 'Most messages of the next batch, as it moves within its bounds',
      unit: '{message}',
    })
    .addCallback((result) => result.observe(loop.batchSize, { queue }));
}

/** Measures what a watch has last seen. What it could not see has no value, rather than an old one. */
export function observeQueueWatch(meter: Meter, queue: string, watch: QueueWatch): void {
  const gauge = (name: string, description: string, unit: string, observe: () => [number, Attributes?][]) => {
    meter.createObservableGauge(name, { description, unit }).addCallback((result) => {
      for (const [value, labels] of observe()) result.observe(value, { queue, ...labels });
    });
  };
  const flag = (value: boolean | undefined): [number][] => (value === undefined ? [] : [[value ? 1 : 0]]);
  gauge(
    'service_broker.queue.depth',
    'Messages in the queue, in the hands of readers, and waiting for another try',
    '{message}',
    () => {
      const { waiting } = watch;
      return waiting === undefined ? [] : [[waiting.messages]];
    },
  );
  gauge('service_broker.queue.retries', 'Messages of the queue that wait for another try', '{message}', () => {
    const { retries } = watch.latest;
    return retries === undefined ? [] : [[retries.messages]];
  });
  gauge('service_broker.queue.oldest_message.age', 'Age of the oldest message, 0 when there is none', 's', () => {
    const { waiting } = watch;
    return waiting === undefined ? [] : [[(waiting.oldestAgeMs ?? 0) / 1_000]];
  });
  gauge('service_broker.queue.enabled', '1 when the queue can be sent to and received from, else 0', '', () => {
    const { status } = watch.latest;
    return flag(status?.isReceiveEnabled && status.isEnqueueEnabled);
  });
  gauge('service_broker.enabled', '1 when Service Broker is enabled in the database, else 0', '', () =>
    flag(watch.latest.isBrokerEnabled),
  );
  gauge('service_broker.endpoints', 'Conversation endpoints of the database by state', '{endpoint}', () =>
    (watch.latest.endpoints ?? []).map(({ state, endpoints }) => [endpoints, { state }]),
  );
  gauge('service_broker.transmission.stuck', 'Messages in sys.transmission_queue of the database', '{message}', () => {
    const { stuck } = watch.latest;
    return stuck === undefined ? [] : [[stuck.reduce((sum, { messages }) => sum + messages, 0)]];
  });
  meter
    .createObservableCounter('service_broker.watch.failures', {
      description: 'Failed checks of the queue, by part',
      unit: '{failure}',
    })
    .addCallback((result) => {
      for (const [part, count] of watch.failures) result.observe(count, { queue, part });
    });
}
