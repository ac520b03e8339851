import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brief, brokerWorld } from '../../test/support/broker-fixture.ts';
import { TransactionConflict } from '../engine/storage/transaction.ts';
import { newGuid } from './guid.ts';

const sqlError = (number: number) => expect.objectContaining({ name: 'SqlError', number });

describe('RECEIVE', () => {
  test('case 30: returns messages of one group only, the oldest group first', () => {
    using world = brokerWorld();
    const [first, second] = [world.dialog(), world.dialog()];
    world.send(first, 'a1');
    world.send(second, 'b1');
    world.send(first, 'a2');
    world.send(second, 'b2');
    expect(brief(world.receive(world.qs))).toEqual(['T:a1', 'T:a2']);
    expect(brief(world.receive(world.qs))).toEqual(['T:b1', 'T:b2']);
    expect(world.receive(world.qs)).toEqual([]);
  });

  test('case 31: skips groups that another transaction has locked', () => {
    using world = brokerWorld();
    const [first, second] = [world.dialog(), world.dialog()];
    world.send(first, 'a');
    const holder = world.begin();
    expect(brief(world.broker.receive(holder, world.qs))).toEqual(['T:a']);
    world.send(first, 'a2');
    expect(world.receive(world.qs)).toEqual([]);
    world.send(second, 'b');
    expect(brief(world.receive(world.qs))).toEqual(['T:b']);
    holder.commit(world.store);
    expect(brief(world.receive(world.qs))).toEqual(['T:a2']);
  });

  test('case 32: the owner of a locked group receives what arrives for it meanwhile', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle, '1');
    const owner = world.begin();
    world.broker.receive(owner, world.qs);
    world.send(handle, '2');
    expect(brief(world.broker.receive(owner, world.qs))).toEqual(['T:2']);
  });

  test('case 33: TOP (1) takes exactly one', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    for (const text of ['1', '2', '3']) world.send(handle, text);
    expect(brief(world.receive(world.qs, { top: 1 }))).toEqual(['T:1']);
    expect(brief(world.broker.queueContents(world.qs))).toEqual(['T:2', 'T:3']);
  });

  test('case 34: a rollback puts messages back in order, before what arrived meanwhile', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    for (const text of ['1', '2', '3']) world.send(handle, text);
    const reader = world.begin();
    world.broker.receive(reader, world.qs, { top: 2 });
    world.broker.receive(reader, world.qs, { top: 1 });
    world.send(handle, '4');
    reader.rollback();
    expect(brief(world.receive(world.qs))).toEqual(['T:1', 'T:2', 'T:3', 'T:4']);
  });

  test('case 35: a rollback to a savepoint puts messages back and keeps the lock', () => {
    using world = brokerWorld();
    world.send(world.dialog(), '1');
    const reader = world.begin();
    reader.save('before');
    world.broker.receive(reader, world.qs);
    reader.rollbackToSavepoint('before');
    expect(world.receive(world.qs)).toEqual([]);
    reader.commit(world.store);
    expect(brief(world.receive(world.qs))).toEqual(['T:1']);
  });

  test('case 42: an unknown handle or group is an error; a locked one blocks', () => {
    using world = brokerWorld();
    world.send(world.dialog(), '1');
    expect(() => world.receive(world.qs, { conversationHandle: newGuid() })).toThrow(sqlError(8426));
    expect(() => world.receive(world.qs, { groupId: newGuid() })).toThrow(sqlError(8436));
    const holder = world.begin();
    const [row] = world.broker.receive(holder, world.qs);
    const { conversationHandle, conversationGroupId } = row!;
    const blocked = new TransactionConflict(holder);
    expect(() => world.receive(world.qs, { conversationHandle })).toThrow(blocked);
    expect(() => world.receive(world.qs, { groupId: conversationGroupId })).toThrow(blocked);
    expect(() => world.receive(world.qi, { conversationHandle })).toThrow(sqlError(8426));
  });

  test('case 43: in one group the conversation of higher priority comes first as a whole', () => {
    using world = brokerWorld();
    world.auto((transaction) => {
      world.broker.createContract(transaction, { name: 'Urgent', messages: [{ messageType: 'T', sentBy: 'ANY' }] });
      world.broker.alterService(transaction, 'S', { addContracts: ['Urgent'] });
      world.broker.createPriority(transaction, 'p', { contractName: 'Urgent', level: 9 });
    });
    const [low, high] = [world.dialog(), world.dialog({ contract: 'Urgent' })];
    world.send(low, 'low 1');
    world.send(high, 'high 1');
    const targets = [...world.broker.endpoints()].filter((row) => !row.isInitiator);
    expect(targets.map((row) => row.priority)).toEqual([5, 9]);
    world.auto((transaction) =>
      world.broker.moveConversation(transaction, targets[0]!.conversationHandle, targets[1]!.conversationGroupId),
    );
    world.send(low, 'low 2');
    world.send(high, 'high 2');
    const rows = world.receive(world.qs);
    expect(brief(rows)).toEqual(['T:high 1', 'T:high 2', 'T:low 1', 'T:low 2']);
    expect(new Set(rows.map((row) => row.conversationGroupId)).size).toBe(1);
  });

  test('a group of higher priority is received before older ones', () => {
    using world = brokerWorld();
    world.send(world.dialog(), 'old');
    world.auto((transaction) => world.broker.createPriority(transaction, 'p', { localServiceName: 'S', level: 8 }));
    world.send(world.dialog(), 'urgent');
    expect(brief(world.receive(world.qs))).toEqual(['T:urgent']);
  });

  test('cases 41 and 58: a disabled queue refuses RECEIVE; what is sent waits in order until it is enabled', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle, '1');
    const status = (on: boolean) =>
      world.auto((transaction) =>
        world.broker.alterQueue(transaction, world.qs, { receiveEnabled: on, enqueueEnabled: on }),
      );
    status(false);
    expect(() => world.receive(world.qs)).toThrow(sqlError(9617));
    world.send(handle, '2');
    world.send(handle, '3');
    expect([...world.broker.transmissionQueue()].map((row) => row.transmissionStatus)).toEqual([
      'The service queue "QS" is currently disabled.',
      'The service queue "QS" is currently disabled.',
    ]);
    status(true);
    expect([...world.broker.transmissionQueue()]).toEqual([]);
    expect(brief(world.receive(world.qs))).toEqual(['T:1', 'T:2', 'T:3']);
  });

  test('case 59: RETENTION keeps received and sent messages until END', () => {
    using world = brokerWorld();
    for (const queue of [world.qs, world.qi]) {
      world.auto((transaction) => world.broker.alterQueue(transaction, queue, { retention: true }));
    }
    const handle = world.dialog();
    world.send(handle, '1');
    expect(brief(world.receive(world.qs))).toEqual(['T:1']);
    expect(world.receive(world.qs)).toEqual([]);
    expect(world.broker.queueContents(world.qs).map((row) => row.status)).toEqual([0]);
    expect(world.broker.queueContents(world.qi).map((row) => row.status)).toEqual([3]);
    world.end(handle);
    expect(world.broker.queueContents(world.qi)).toEqual([]);
    world.auto((transaction) =>
      world.broker.alterQueue(transaction, world.qs, { receiveEnabled: false, enqueueEnabled: false }),
    );
    const [target] = [...world.broker.endpoints()];
    expect(() => world.send(target!.conversationHandle, 'x', 'R')).toThrow(sqlError(8429));
  });
});

describe('GET CONVERSATION GROUP and MOVE CONVERSATION', () => {
  test('case 63: nothing on an empty queue; else the group is kept from others', () => {
    using world = brokerWorld();
    const transaction = world.begin();
    expect(world.broker.lockNextGroup(transaction, world.qs)).toBeUndefined();
    world.send(world.dialog(), '1');
    const groupId = world.broker.lockNextGroup(transaction, world.qs);
    expect(world.receive(world.qs)).toEqual([]);
    expect(brief(world.broker.receive(transaction, world.qs, { groupId }))).toEqual(['T:1']);
  });

  test('case 64: a moved conversation comes with its new group; a rollback moves it back', () => {
    using world = brokerWorld();
    const [first, second] = [world.dialog(), world.dialog()];
    world.send(first, 'a');
    world.send(second, 'b');
    const [a, b] = [...world.broker.endpoints()].filter((row) => !row.isInitiator);
    const move = (groupId: string) => (transaction: Parameters<Parameters<typeof world.auto>[0]>[0]) =>
      world.broker.moveConversation(transaction, b!.conversationHandle, groupId);
    expect(() => world.auto(move(newGuid()))).toThrow(sqlError(8439));
    const undone = world.begin();
    move(a!.conversationGroupId)(undone);
    undone.rollback();
    expect([...world.broker.groups()].length).toBe(4);
    world.auto(move(a!.conversationGroupId));
    expect([...world.broker.groups()].length).toBe(3);
    expect(brief(world.receive(world.qs))).toEqual(['T:a', 'T:b']);
  });
});

describe('poison message handling', () => {
  const receiveAndRollBack = (world: ReturnType<typeof brokerWorld>): void => {
    const reader = world.begin();
    world.broker.receive(reader, world.qs);
    reader.rollback();
  };

  test('case 56: five rollbacks in a row disable the queue; a commit in between starts again', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle, '1');
    for (let times = 0; times < 4; times += 1) receiveAndRollBack(world);
    expect(world.qs.settings.receiveEnabled).toBe(true);
    expect(brief(world.receive(world.qs))).toEqual(['T:1']);
    world.send(handle, '2');
    for (let times = 0; times < 5; times += 1) receiveAndRollBack(world);
    expect(() => world.receive(world.qs)).toThrow(sqlError(9617));
    expect(world.qs.settings).toMatchObject({ receiveEnabled: false, enqueueEnabled: false });
    world.auto((transaction) =>
      world.broker.alterQueue(transaction, world.qs, { receiveEnabled: true, enqueueEnabled: true }),
    );
    expect(brief(world.receive(world.qs))).toEqual(['T:2']);
  });

  test('case 57: POISON_MESSAGE_HANDLING OFF never disables', () => {
    using world = brokerWorld();
    world.auto((transaction) => world.broker.alterQueue(transaction, world.qs, { poisonMessageHandling: false }));
    world.send(world.dialog(), '1');
    for (let times = 0; times < 10; times += 1) receiveAndRollBack(world);
    expect(brief(world.receive(world.qs))).toEqual(['T:1']);
  });

  test('a rollback to a savepoint does not count', () => {
    using world = brokerWorld();
    world.send(world.dialog(), '1');
    for (let times = 0; times < 6; times += 1) {
      const reader = world.begin();
      reader.save('s');
      world.broker.receive(reader, world.qs);
      reader.rollbackToSavepoint('s');
      reader.rollback();
    }
    expect(brief(world.receive(world.qs))).toEqual(['T:1']);
  });
});

type Command =
  | { kind: 'send'; dialog: number }
  | { kind: 'receive'; reader: number; top: number }
  | { kind: 'save' | 'toSavepoint' | 'commit' | 'rollback'; reader: number };

describe('ordering', () => {
  const dialog = fc.integer({ min: 0, max: 3 });
  const reader = fc.integer({ min: 0, max: 2 });
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc.record({ kind: fc.constant('send' as const), dialog }),
    fc.record({ kind: fc.constant('receive' as const), reader, top: fc.integer({ min: 1, max: 4 }) }),
    fc.record({
      kind: fc.constantFrom('save' as const, 'toSavepoint' as const, 'commit' as const, 'rollback' as const),
      reader,
    }),
  );

  test('whatever is received, rolled back and committed, each dialog is received once and in order', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 80 }), (commands) => {
        using world = brokerWorld();
        world.auto((transaction) => world.broker.alterQueue(transaction, world.qs, { poisonMessageHandling: false }));
        const dialogs = [0, 1, 2, 3].map(() => world.dialog());
        const sent = dialogs.map(() => 0);
        const committed: string[] = [];
        const open = [0, 1, 2].map(() => ({ transaction: world.begin(), got: [] as string[], saved: 0 }));
        const run = (one: Command): void => {
          if (one.kind === 'send') {
            world.send(dialogs[one.dialog]!, `${one.dialog}:${sent[one.dialog]}`);
            sent[one.dialog]! += 1;
            return;
          }
          const session = open[one.reader]!;
          if (one.kind === 'receive') {
            const rows = world.broker.receive(session.transaction, world.qs, { top: one.top });
            expect(new Set(rows.map((row) => row.conversationGroupId)).size).toBeLessThanOrEqual(1);
            session.got.push(...brief(rows).map((text) => text.slice(2)));
          } else if (one.kind === 'save') {
            session.transaction.save('s');
            session.saved = session.got.length;
          } else if (one.kind === 'toSavepoint') {
            if (session.transaction.rollbackToSavepoint('s')) session.got.length = session.saved;
          } else {
            if (one.kind === 'commit') {
              session.transaction.commit(world.store);
              committed.push(...session.got);
            } else session.transaction.rollback();
            open[one.reader] = { transaction: world.begin(), got: [], saved: 0 };
          }
        };
        commands.forEach(run);
        for (const session of [0, 1, 2]) run({ kind: 'commit', reader: session });
        for (let rows = world.receive(world.qs); rows.length > 0; rows = world.receive(world.qs)) {
          committed.push(...brief(rows).map((text) => text.slice(2)));
        }
        const expected = sent.flatMap((count, at) =>
          Array.from({ length: count }, (_, sequence) => `${at}:${sequence}`),
        );
        expect([...committed].sort()).toEqual(expected.sort());
        for (const at of [0, 1, 2, 3]) {
          const own = committed.filter((text) => text.startsWith(`${at}:`));
          expect(own).toEqual(own.map((_, sequence) => `${at}:${sequence}`));
        }
        expect(world.qs.messageCount).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
