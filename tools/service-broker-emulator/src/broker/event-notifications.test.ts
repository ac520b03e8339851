import { describe, expect, test } from 'vitest';
import { brief, brokerWorld, errorText, type WorldOptions } from '../../test/support/broker-fixture.ts';
import { temporaryFolder } from '../../test/support/storage-fixture.ts';
import { eventNotificationContract } from './broker-objects.ts';
import { notificationTimeoutMs, readerIntervalMs } from './queue-monitor.ts';
import type { ServiceQueue } from './service-queue.ts';

const notificationQueueId = 103;
const notification = { name: 'Arrived', service: 'N', brokerInstance: 'current database' };

/** The usual world, with service N on queue QN that is notified of messages on QS. */
function notifiedWorld(options: WorldOptions = {}, contracts: readonly string[] = [eventNotificationContract]) {
  const world = brokerWorld(options);
  if (world.broker.queue(notificationQueueId) === undefined) {
    world.auto((transaction) => {
      world.broker.createQueue(transaction, { objectId: notificationQueueId, schema: 'dbo', name: 'QN' });
      world.broker.createService(transaction, { name: 'N', queueId: notificationQueueId, contracts });
      world.broker.createQueueNotification(transaction, world.qs, notification);
    });
  }
  const qn = world.broker.queue(notificationQueueId);
  if (qn === undefined) throw new Error('no queue QN');
  return { ...world, qn };
}

const events = (world: { qn: ServiceQueue }) => world.qn.messageCount;

describe('an event notification for QUEUE_ACTIVATION', () => {
  test('is sent for the first message, and not again before somebody receives', () => {
    using world = notifiedWorld();
    const handle = world.dialog();
    world.send(handle);
    world.send(handle);
    expect(events(world)).toBe(1);
    expect(world.qs.monitor.state).toBe('NOTIFIED');
    const [event] = world.receive(world.qn);
    expect(event?.messageTypeName).toMatch(/EventNotification$/);
    expect(errorText(event)).toMatch(/<EventType>QUEUE_ACTIVATION<.*<ObjectName>QS</);
  });

  test('is sent anew, on the same dialog, for a message after an empty RECEIVE', () => {
    using world = notifiedWorld();
    const handle = world.dialog();
    world.send(handle);
    expect(world.receive(world.qs)).toHaveLength(1);
    expect(world.receive(world.qs)).toEqual([]);
    expect(world.qs.monitor.state).toBe('INACTIVE');
    world.send(handle);
    const sent = world.receive(world.qn);
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map((row) => row.conversationHandle)).size).toBe(1);
  });

  test('asks for another reader when none was done for a while', () => {
    using world = notifiedWorld();
    world.send(world.dialog());
    world.send(world.dialog());
    expect(world.receive(world.qs)).toHaveLength(1);
    expect(events(world)).toBe(1);
    world.clock.advance((2 * readerIntervalMs) / 1000 + 1);
    expect(events(world)).toBe(2);
  });

  test('is repeated when no RECEIVE answers it for long', () => {
    using world = notifiedWorld();
    world.send(world.dialog());
    world.clock.advance(notificationTimeoutMs / 1000 - 10);
    expect(events(world)).toBe(1);
    world.clock.advance(20);
    expect(events(world)).toBe(2);
  });

  test('begins a new dialog after the service has ended the one before', () => {
    using world = notifiedWorld();
    const handle = world.dialog();
    world.send(handle);
    const [first] = world.receive(world.qn);
    world.end(first?.conversationHandle ?? '');
    world.receive(world.qs);
    world.receive(world.qs);
    world.send(handle);
    const [second] = world.receive(world.qn);
    expect(second).toBeDefined();
    expect(second?.conversationHandle).not.toBe(first?.conversationHandle);
  });

  test('leaves nothing behind when the service does not take the contract', () => {
    using world = notifiedWorld({}, []);
    world.send(world.dialog());
    expect(events(world)).toBe(0);
    expect([...world.broker.endpoints()].map((row) => row.farService).sort()).toEqual(['I', 'S']);
    expect(world.backgroundErrors).toEqual([]);
  });

  test('ends its dialog when it is dropped', () => {
    using world = notifiedWorld();
    world.send(world.dialog());
    world.auto((transaction) => world.broker.dropQueueNotification(transaction, world.qs, 'Arrived'));
    expect(brief(world.receive(world.qn)).at(-1)).toBe('EndDialog');
    expect(world.qs.monitor.active).toBe(false);
  });

  test('excludes activation, and the other way round', () => {
    using world = notifiedWorld();
    const activation = { enabled: true, procedure: 'p', maxReaders: 1, executeAs: 'OWNER' };
    const alter = (queue: ServiceQueue) =>
      world.auto((transaction) => world.broker.alterQueue(transaction, queue, { activation }));
    expect(() => alter(world.qs)).toThrow(expect.objectContaining({ number: 9717 }));
    alter(world.qi);
    expect(() =>
      world.auto((transaction) => world.broker.createQueueNotification(transaction, world.qi, notification)),
    ).toThrow(expect.objectContaining({ number: 9718 }));
  });

  test('goes on after a restart, on the same dialog', () => {
    using folder = temporaryFolder();
    let before = '';
    {
      using world = notifiedWorld({ location: folder.path });
      world.send(world.dialog());
      before = world.receive(world.qn)[0]?.conversationHandle ?? '';
      world.receive(world.qs);
      world.receive(world.qs);
    }
    using world = notifiedWorld({ location: folder.path });
    expect(world.qs.settings.notification).toEqual(notification);
    world.send(world.dialog());
    expect(world.receive(world.qn)[0]?.conversationHandle).toBe(before);
  });
});
