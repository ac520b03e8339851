import { describe, expect, test } from 'vitest';
import { brief, brokerWorld } from '../../test/support/broker-fixture.ts';
import { temporaryFolder } from '../../test/support/storage-fixture.ts';

describe('a broker in a file', () => {
  test('goes on after a restart: dialogs, messages in order, what was stuck, timers, settings', () => {
    using folder = temporaryFolder();
    let handle = '';
    let messageIds: string[] = [];
    {
      using world = brokerWorld({ location: folder.path });
      handle = world.dialog();
      for (const text of ['1', '2', '3']) world.send(handle, text);
      world.receive(world.qs, { top: 1 });
      world.send(world.dialog({ toService: 'later' }), 'stuck');
      world.auto((transaction) => world.broker.setTimer(transaction, handle, 60));
      world.auto((transaction) =>
        world.broker.alterQueue(transaction, world.qs, {
          retention: true,
          activation: { enabled: false, procedure: 'p', maxReaders: 2, executeAs: 'OWNER' },
        }),
      );
      messageIds = world.broker.queueContents(world.qs).map((row) => row.messageId);
      const open = world.begin();
      world.broker.receive(open, world.qs);
      world.broker.send(open, [handle], 'T', Buffer.from('never committed'));
    }
    using world = brokerWorld({ location: folder.path });
    expect(world.qs.settings).toMatchObject({ retention: true, activation: { procedure: 'p', maxReaders: 2 } });
    expect([...world.broker.transmissionQueue()].map((row) => row.toServiceName)).toEqual(['later']);
    world.send(handle, '4');
    const rows = world.receive(world.qs);
    expect(brief(rows)).toEqual(['T:2', 'T:3', 'T:4']);
    expect(rows.map((row) => row.messageSequenceNumber)).toEqual([1, 2, 3]);
    expect(rows.slice(0, 2).map((row) => row.messageId)).toEqual(messageIds);
    expect(new Set(rows.map((row) => row.messageId)).size).toBe(3);
    world.send(rows[0]!.conversationHandle, 'reply', 'R');
    world.clock.advance(61);
    expect(brief(world.receive(world.qi))).toEqual(['DialogTimer', 'R:reply']);
    world.end(rows[0]!.conversationHandle);
    world.end(handle);
    const left = world.store.database.prepare('SELECT COUNT(*) AS n FROM broker_messages').get()?.n;
    expect(left).toBe(1);
  });

  test('a failed write leaves everything as it was before the commit', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle, '1');
    const transaction = world.begin();
    world.broker.receive(transaction, world.qs);
    world.broker.send(transaction, [handle], 'T', Buffer.from('2'));
    transaction.enlist(world, () => ({
      persist: () => {
        throw new Error('disk gone');
      },
      ended: () => {},
    }));
    expect(() => transaction.commit(world.store)).toThrow('disk gone');
    expect(brief(world.broker.queueContents(world.qs))).toEqual(['T:1']);
    world.send(handle, '2 again');
    expect(world.receive(world.qs).map((row) => row.messageSequenceNumber)).toEqual([0, 1]);
  });
});
