import { describe, expect, test } from 'vitest';
import { brief, brokerWorld, targetQueueId } from '../../test/support/broker-fixture.ts';
import { readerIntervalMs } from './queue-monitor.ts';
import type { ServiceQueue } from './service-queue.ts';

type World = ReturnType<typeof brokerWorld>;
const never = new AbortController().signal;
const wait = (world: World, options: Partial<Parameters<World['broker']['waitForMessage']>[1]> = {}) =>
  world.broker.waitForMessage(world.qs, { signal: never, timeoutMs: -1, ...options });
const setStatus = (world: World, on: boolean): void =>
  world.auto((transaction) =>
    world.broker.alterQueue(transaction, world.qs, { receiveEnabled: on, enqueueEnabled: on }),
  );

describe('WAITFOR', () => {
  test('case 37: ends with a time-out when nothing comes', async () => {
    using world = brokerWorld();
    expect(await wait(world, { timeoutMs: 5 })).toBe('timeout');
    expect(world.qs.waiters.count).toBe(0);
  });

  test('case 38: ends as soon as a message is committed', async () => {
    using world = brokerWorld();
    const handle = world.dialog();
    const waiting = wait(world);
    expect(world.qs.waiters.count).toBe(1);
    world.send(handle, '1');
    expect(await waiting).toBe('ready');
    expect(await wait(world)).toBe('ready');
  });

  test('case 39: ends with 9617 when the queue is disabled, and begins with it while it is', async () => {
    using world = brokerWorld();
    const waiting = wait(world);
    const refused = expect(waiting).rejects.toMatchObject({ number: 9617 });
    setStatus(world, false);
    await refused;
    await expect(wait(world)).rejects.toMatchObject({ number: 9617 });
  });

  test('case 40: ends when the session is cancelled', async () => {
    using world = brokerWorld();
    const controller = new AbortController();
    const waiting = wait(world, { signal: controller.signal });
    const reason = new Error('attention');
    const cancelled = expect(waiting).rejects.toBe(reason);
    controller.abort(reason);
    await cancelled;
    expect(world.qs.waiters.count).toBe(0);
  });

  test('each group wakes one session, in the order in which they came', async () => {
    using world = brokerWorld();
    const [first, second] = [world.dialog(), world.dialog()];
    const woken: number[] = [];
    const sessions = [1, 2, 3].map(async (session) => {
      if ((await wait(world, { timeoutMs: session === 3 ? 30 : -1 })) === 'ready') {
        world.receive(world.qs);
        woken.push(session);
      }
    });
    world.send(first);
    world.send(second);
    await Promise.all(sessions);
    expect(woken).toEqual([1, 2]);
  });

  test('a message for a session that was cancelled in the same moment wakes the next one', async () => {
    using world = brokerWorld();
    const handle = world.dialog();
    const gone = wait(world);
    const next = wait(world);
    world.send(handle);
    await gone; // and receives nothing
    expect(await next).toBe('ready');
  });

  test('a rollback wakes who waits for the group; its owner is woken by what arrives for it', async () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle, '1');
    const owner = world.begin();
    world.broker.receive(owner, world.qs);
    const ownersWait = wait(world, { transaction: owner });
    const othersWait = wait(world);
    world.send(handle, '2');
    expect(await ownersWait).toBe('ready');
    expect(world.qs.waiters.count).toBe(1);
    owner.rollback();
    expect(await othersWait).toBe('ready');
    expect(brief(world.receive(world.qs))).toEqual(['T:1', 'T:2']);
  });

  test('a wait for one conversation is not ended by another', async () => {
    using world = brokerWorld();
    const [first, second] = [world.dialog(), world.dialog()];
    world.send(first);
    const [row] = world.receive(world.qs);
    const waiting = wait(world, { conversationHandle: row!.conversationHandle });
    world.send(second);
    expect(world.qs.waiters.count).toBe(1);
    world.send(first);
    expect(await waiting).toBe('ready');
  });
});

describe('activation', () => {
  const activated = (maxReaders: number) => {
    const started: ServiceQueue[] = [];
    const world = brokerWorld({ onActivation: (_database, queue) => started.push(queue) });
    world.auto((transaction) =>
      world.broker.alterQueue(transaction, world.qs, {
        activation: { enabled: true, procedure: 'Test.dbo.p', maxReaders, executeAs: 'OWNER' },
      }),
    );
    return { world, started };
  };

  test('case 60: one reader at a time with MAX_QUEUE_READERS = 1, started again while messages are left', () => {
    const { world, started } = activated(1);
    using _world = world;
    const handle = world.dialog();
    for (let count = 0; count < 10; count += 1) world.send(handle);
    expect(started).toEqual([world.qs]);
    expect(world.qs.monitor.state).toBe('NOTIFIED');
    world.receive(world.qs, { top: 4 });
    expect(world.qs.monitor.state).toBe('RECEIVES_OCCURRING');
    world.qs.monitor.readerEnded();
    expect(started.length).toBe(2);
    world.receive(world.qs);
    world.qs.monitor.readerEnded();
    expect(started.length).toBe(2);
    expect(world.qs.monitor.state).toBe('INACTIVE');
    world.send(handle);
    expect(started.length).toBe(3);
  });

  test('case 61: a reader that does not RECEIVE is not started again until somebody does', () => {
    const { world, started } = activated(1);
    using _world = world;
    const handle = world.dialog();
    world.send(handle);
    world.qs.monitor.readerEnded();
    world.send(handle);
    expect(started.length).toBe(1);
    expect(world.qs.monitor.state).toBe('NOTIFIED');
    world.receive(world.qs, { top: 1 });
    world.send(handle);
    expect(started.length).toBe(2);
  });

  test('more readers join one by one while those at work do not keep up, up to MAX_QUEUE_READERS', () => {
    const { world, started } = activated(2);
    using _world = world;
    for (let count = 0; count < 5; count += 1) world.send(world.dialog());
    world.receive(world.qs);
    expect(started.length).toBe(1);
    for (let checks = 0; checks < 4; checks += 1) world.clock.advance(readerIntervalMs / 1000 + 1);
    expect(started.length).toBe(2);
    expect(world.qs.monitor.readers).toBe(2);
  });

  test('a session that waits in RECEIVE serves the message itself', async () => {
    const { world, started } = activated(1);
    using _world = world;
    const waiting = [wait(world), wait(world)];
    world.send(world.dialog());
    expect(started).toEqual([]);
    expect(await waiting[0]).toBe('ready');
    setStatus(world, false);
    await expect(waiting[1]).rejects.toMatchObject({ number: 9617 });
  });

  test('turning activation on with messages waiting starts a reader at once', () => {
    const started: number[] = [];
    using world = brokerWorld({ onActivation: (_database, queue) => started.push(queue.objectId) });
    world.send(world.dialog());
    world.auto((transaction) =>
      world.broker.alterQueue(transaction, world.qs, {
        activation: { enabled: true, procedure: 'p', maxReaders: 1, executeAs: 'SELF' },
      }),
    );
    expect(started).toEqual([targetQueueId]);
  });
});
