import { describe, expect, test } from 'vitest';
import { brief, brokerWorld, errorText, targetQueueId } from '../../test/support/broker-fixture.ts';
import { TransactionConflict } from '../engine/storage/transaction.ts';
import { endDialogType } from './broker-objects.ts';
import { newGuid } from './guid.ts';

const sqlError = (number: number) => expect.objectContaining({ name: 'SqlError', number });

describe('definitions', () => {
  test('cases 1 and 2: a contract needs a type that the initiator sends, and each type once', () => {
    using world = brokerWorld();
    const create = (messages: { messageType: string; sentBy: 'INITIATOR' | 'TARGET' | 'ANY' }[]) =>
      world.auto((transaction) => world.broker.createContract(transaction, { name: 'K', messages }));
    expect(() => create([{ messageType: 'R', sentBy: 'TARGET' }])).toThrow(sqlError(8492));
    expect(() =>
      create([
        { messageType: 'T', sentBy: 'ANY' },
        { messageType: 'T', sentBy: 'TARGET' },
      ]),
    ).toThrow(sqlError(8403));
    expect(world.broker.contract('K')).toBeUndefined();
  });

  test('cases 3 and 4: what is in use cannot be dropped', () => {
    using world = brokerWorld();
    const { broker, auto } = world;
    expect(() => auto((transaction) => broker.dropMessageType(transaction, 'T'))).toThrow(sqlError(3716));
    expect(() => auto((transaction) => broker.dropContract(transaction, 'C'))).toThrow(sqlError(3716));
    expect(() => auto((transaction) => broker.dropQueue(transaction, world.qs))).toThrow(sqlError(3716));
    expect(broker.contract('C')).toBeDefined();
    expect(broker.queue(targetQueueId)).toBe(world.qs);
  });

  test('case 5: a queue without options is on, without retention and activation, with poison handling', () => {
    using world = brokerWorld();
    expect(world.qs.settings).toEqual({
      receiveEnabled: true,
      enqueueEnabled: true,
      retention: false,
      poisonMessageHandling: true,
      activation: undefined,
    });
  });

  test('names exist once, unknown ones cannot be dropped, a rollback takes a definition back', () => {
    using world = brokerWorld();
    const { broker, auto } = world;
    expect(() => auto((transaction) => broker.createMessageType(transaction, { name: 'T' }))).toThrow(sqlError(2714));
    expect(() => auto((transaction) => broker.dropService(transaction, 'nobody'))).toThrow(sqlError(15151));
    expect(() => auto((transaction) => broker.alterService(transaction, 'S', {}))).toThrow(sqlError(8493));
    expect(() => auto((transaction) => broker.createRoute(transaction, 'r', { address: 'TCP://h:4022' }))).toThrow(
      sqlError(40000),
    );
    const transaction = world.begin();
    broker.createService(transaction, { name: 'New', queueId: targetQueueId, contracts: [] });
    transaction.rollback();
    expect(broker.service('New')).toBeUndefined();
  });

  test('case 68: DROP SERVICE removes its messages and notifies the far side with -8470', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle);
    world.auto((transaction) => world.broker.dropService(transaction, 'S'));
    expect(world.qs.messageCount).toBe(0);
    expect(errorText(world.receive(world.qi)[0])).toContain('<Code>-8470</Code>');
    expect(() => world.send(handle)).toThrow(sqlError(8429));
  });
});

describe('BEGIN DIALOG', () => {
  test('case 7: makes one endpoint in state SO and nothing on the target side', () => {
    using world = brokerWorld();
    const conversationHandle = world.dialog();
    expect([...world.broker.endpoints()]).toMatchObject([{ conversationHandle, isInitiator: true, state: 'SO' }]);
    expect(world.qs.messageCount).toBe(0);
  });

  test('case 8: a rollback leaves no endpoint; others never saw it', () => {
    using world = brokerWorld();
    const transaction = world.begin();
    const handle = world.broker.beginDialog(transaction, { fromService: 'I', toService: 'S', contract: 'C' });
    expect(() => [...world.broker.endpoints()]).toThrow(TransactionConflict);
    expect([...world.broker.endpoints(transaction)].length).toBe(1);
    transaction.rollback();
    expect([...world.broker.groups()]).toEqual([]);
    expect(() => world.send(handle)).toThrow(sqlError(8426));
  });

  test('cases 9 and 10: an unknown target, or one of other case, leaves the message in transmission with a status', () => {
    using world = brokerWorld();
    for (const toService of ['nowhere', 's']) {
      world.send(world.dialog({ toService }));
    }
    const rows = [...world.broker.transmissionQueue()];
    expect(rows.map((row) => row.toServiceName)).toEqual(['nowhere', 's']);
    expect(rows.every((row) => row.transmissionStatus.includes('LOCAL route'))).toBe(true);
    world.auto((transaction) =>
      world.broker.createService(transaction, { name: 'nowhere', queueId: targetQueueId, contracts: ['C'] }),
    );
    expect([...world.broker.transmissionQueue()].map((row) => row.toServiceName)).toEqual(['s']);
    expect(brief(world.receive(world.qs))).toEqual(['T:text']);
  });

  test('case 11: the contract is DEFAULT when none is given', () => {
    using world = brokerWorld();
    const handle = world.dialog({ contract: undefined });
    world.send(handle, 'x', 'DEFAULT');
    expect(brief(world.receive(world.qs))).toEqual(['DEFAULT:x']);
  });

  test('cases 12, 13 and 14: groups are new, shared by relation, or of the given id', () => {
    using world = brokerWorld();
    const groupOf = (handle: string) =>
      [...world.broker.endpoints()].find((row) => row.conversationHandle === handle)?.conversationGroupId;
    const first = world.dialog();
    const related = world.dialog({ relatedConversation: first });
    expect(groupOf(world.dialog())).not.toBe(groupOf(first));
    expect(groupOf(related)).toBe(groupOf(first));
    world.send(first);
    world.send(related);
    const targets = [...world.broker.endpoints()].filter((row) => !row.isInitiator);
    expect(new Set(targets.map((row) => row.conversationGroupId)).size).toBe(2);
    const relatedConversationGroup = newGuid();
    expect(groupOf(world.dialog({ relatedConversationGroup }))).toBe(relatedConversationGroup);
  });

  test('refuses unknown services, contracts and relations, and bad lifetimes', () => {
    using world = brokerWorld();
    expect(() => world.dialog({ fromService: 'x' })).toThrow(sqlError(8423));
    expect(() => world.dialog({ contract: 'x' })).toThrow(sqlError(8425));
    expect(() => world.dialog({ relatedConversation: newGuid() })).toThrow(sqlError(9601));
    expect(() => world.dialog({ lifetime: null })).toThrow(sqlError(8406));
    expect(() => world.dialog({ lifetime: 0 })).toThrow(sqlError(8411));
    expect(() => world.dialog({ fromService: 'S', relatedConversation: world.dialog() })).toThrow(sqlError(9610));
  });
});

describe('SEND', () => {
  test('cases 15 and 18: delivered by COMMIT, not before, and then not in transmission any more', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    const sender = world.begin();
    world.broker.send(sender, [handle], 'T', Buffer.from('late'));
    expect(world.receive(world.qs)).toEqual([]);
    sender.commit(world.store);
    expect([...world.broker.transmissionQueue()]).toEqual([]);
    expect(brief(world.receive(world.qs))).toEqual(['T:late']);
  });

  test('cases 16 and 17: sequence numbers rise by one, and a rollback gives its numbers back', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle, 'a');
    const undone = world.begin();
    world.broker.send(undone, [handle], 'T', Buffer.from('x'));
    undone.rollback();
    world.send(handle, 'b');
    world.send(handle, 'c');
    const rows = world.receive(world.qs);
    expect(rows.map((row) => row.messageSequenceNumber)).toEqual([0, 1, 2]);
    expect(brief(rows)).toEqual(['T:a', 'T:b', 'T:c']);
  });

  test('cases 19 and 20: the first message makes the target endpoint; a reply arrives under the own handle', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle);
    const endpoints = [...world.broker.endpoints()];
    expect(endpoints.map((row) => row.state)).toEqual(['CO', 'CO']);
    expect(new Set(endpoints.map((row) => row.conversationId)).size).toBe(1);
    expect(new Set(endpoints.map((row) => row.conversationHandle)).size).toBe(2);
    const [request] = world.receive(world.qs);
    world.send(request!.conversationHandle, 'reply', 'R');
    expect(world.receive(world.qi)).toMatchObject([{ conversationHandle: handle, messageTypeName: 'R' }]);
  });

  test('cases 21 and 22: the contract says who sends what', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle);
    const [request] = world.receive(world.qs);
    expect(() => world.send(handle, 'x', 'R')).toThrow(sqlError(8432));
    expect(() => world.send(request!.conversationHandle, 'x', 'T')).toThrow(sqlError(8434));
    expect(() => world.send(handle, 'x', 'DEFAULT')).toThrow(sqlError(8431));
    expect(() => world.send(handle, 'x', 'unknown')).toThrow(sqlError(8428));
    expect(() => world.send(handle, null, endDialogType)).toThrow(sqlError(8431));
  });

  test('case 23: no body stays NULL, an empty one stays empty', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle, null);
    world.send(handle, '');
    expect(world.receive(world.qs).map((row) => row.body?.length ?? null)).toEqual([null, 0]);
    expect(() => world.broker.bodyMissing()).toThrow(sqlError(8433));
  });

  test('case 24: type EMPTY refuses a body', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    expect(() => world.send(handle, 'x', 'E')).toThrow(sqlError(8430));
    world.send(handle, null, 'E');
    expect(world.receive(world.qs)).toMatchObject([{ validation: 'E', body: null }]);
  });

  test('case 25: malformed XML comes back as Error -9615, and the target gets nothing', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.send(handle, '<a><b></a>', 'X');
    expect(world.receive(world.qs)).toEqual([]);
    const text = errorText(world.receive(world.qi)[0]);
    expect(text).toContain('<Code>-9615</Code>');
    expect(text).toContain("A message of type 'X' failed XML validation on the target service. XML parsing: line 1");
    expect(() => world.send(handle)).toThrow(sqlError(8429));
  });

  test('cases 28 and 29: several handles get one message each, or none does', () => {
    using world = brokerWorld();
    const [a, b] = [world.dialog(), world.dialog()];
    const sendTo = (...handles: (string | null)[]) =>
      world.auto((transaction) => world.broker.send(transaction, handles, 'T', Buffer.from('m')));
    sendTo(a, b);
    expect(world.qs.messageCount).toBe(2);
    expect(() => sendTo(a, a)).toThrow(sqlError(8451));
    expect(() => sendTo(a, null)).toThrow(sqlError(8441));
    expect(() => sendTo(a, newGuid())).toThrow(sqlError(8435));
    world.end(b);
    expect(() => sendTo(a, b)).toThrow(sqlError(8435));
    expect(world.qs.messageCount).toBe(3);
  });

  test('case 69: a service that does not list the contract answers with an Error naming both', () => {
    using world = brokerWorld();
    world.auto((transaction) => world.broker.alterService(transaction, 'S', { dropContracts: ['C'] }));
    world.send(world.dialog());
    const text = errorText(world.receive(world.qi)[0]);
    expect(text).toContain("<Code>-8408</Code><Description>Target service 'S' does not support contract 'C'.");
    expect(world.qs.messageCount).toBe(0);
  });

  test('the target service may refuse the sender: Error -8494', () => {
    using world = brokerWorld({ maySend: () => false });
    world.send(world.dialog());
    expect(errorText(world.receive(world.qi)[0])).toContain('<Code>-8494</Code>');
  });

  test('a conversation that another transaction has locked blocks', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    const holder = world.begin();
    world.broker.send(holder, [handle], 'T', null);
    expect(() => world.send(handle)).toThrow(new TransactionConflict(holder));
    holder.commit(world.store);
    world.send(handle);
  });
});
