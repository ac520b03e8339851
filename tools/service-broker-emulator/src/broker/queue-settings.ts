import type { BrokerState } from './broker-state.ts';
import type { BrokerWork } from './broker-work.ts';
import { notifyActivation } from './event-notifications.ts';
import type { QueueSettings, ServiceQueue } from './service-queue.ts';

/** What the durable store keeps of a queue, besides its messages. */
interface StoredQueue {
  readonly schema: string;
  readonly settings: QueueSettings;
}

/** Changes settings of a queue: ALTER QUEUE, or poison message handling. Waits and stuck messages react at commit. */
export function changeQueue(work: BrokerWork, queue: ServiceQueue, changes: Partial<QueueSettings>): void {
  const { settings, rollbacks } = queue;
  queue.settings = { ...settings, ...changes };
  // Enabling is the operator's word that the trouble is over.
  if (changes.receiveEnabled === true) queue.rollbacks = 0;
  work.queueChanged(queue);
  if (queue.settings.enqueueEnabled && !settings.enqueueEnabled) work.retry = true;
  work.undo(() => {
    queue.settings = settings;
    queue.rollbacks = rollbacks;
  });
  const state = [...work.instance.states.values()].find((candidate) => candidate.queues.get(queue.objectId) === queue);
  if (state !== undefined) storeQueue(work, state.database, queue);
}

export function storeQueue(work: BrokerWork, database: string, queue: ServiceQueue): void {
  const definition: StoredQueue = { schema: queue.schema, settings: queue.settings };
  work.instance.objects.put(work.transaction, {
    database,
    kind: 'broker.queue',
    schema: queue.schema,
    name: queue.name,
    objectId: queue.objectId,
    definition,
  });
}

/** Connects a queue's monitor with what runs activation procedures. */
export function connectMonitor(state: BrokerState, queue: ServiceQueue): void {
  const { clock, options } = state.instance;
  queue.monitor.connect({
    start: (due) => options.onActivation?.(state.database, due),
    notify: (due) => state.instance.background((work) => notifyActivation(work, state, due)),
    now: clock.now,
  });
}
