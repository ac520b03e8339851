import { describe, expect, test } from 'vitest';
import { brief, brokerWorld, errorText } from '../../test/support/broker-fixture.ts';
import { readDirty } from '../engine/storage/table-store.ts';

const sqlError = (number: number) => expect.objectContaining({ name: 'SqlError', number });
type World = ReturnType<typeof brokerWorld>;

const states = (world: World) =>
  [...world.broker.endpoints(undefined, readDirty)].map((row) => `${row.isInitiator ? 'I' : 'T'} ${row.state}`).sort();

/** A dialog with one message received: both handles. */
function conversation(world: World): { initiator: string; target: string } {
  const initiator = world.dialog();
  world.send(initiator, 'request');
  return { initiator, target: world.receive(world.qs)[0]!.conversationHandle };
}

describe('END CONVERSATION', () => {
  test('cases 47 and 48: EndDialog after all replies, initiator DI, then its row goes and nothing is sent', () => {
    using world = brokerWorld();
    const { initiator, target } = conversation(world);
    world.auto((transaction) => {
      world.broker.send(transaction, [target], 'R', Buffer.from('1'));
      world.broker.endConversation(transaction, target);
    });
    expect(states(world)).toEqual(['I DI', 'T CD']);
    const rows = world.receive(world.qi);
    expect(brief(rows)).toEqual(['R:1', 'EndDialog']);
    expect(rows[1]).toMatchObject({ body: null, validation: 'E' });
    expect(() => world.send(initiator)).toThrow(sqlError(8429));
    world.end(initiator);
    expect(states(world)).toEqual(['T CD']);
    expect(world.qs.messageCount).toBe(0);
  });

  test("a target's closed row stays 30 minutes", () => {
    using world = brokerWorld();
    const { initiator, target } = conversation(world);
    world.end(target);
    world.end(initiator);
    world.clock.advance(29 * 60);
    expect(states(world)).toEqual(['T CD']);
    world.clock.advance(61);
    expect(states(world)).toEqual([]);
  });

  test('case 49: WITH ERROR sends code and description, before what is still unread', () => {
    using world = brokerWorld();
    const { initiator, target } = conversation(world);
    world.send(target, 'first', 'R');
    world.end(target, { code: 42, description: 'bad <thing>' });
    const rows = world.receive(world.qi);
    expect(brief(rows).map((text) => text.split(':')[0])).toEqual(['Error', 'R']);
    expect(errorText(rows[0])).toBe(
      '\uFEFF<?xml version="1.0"?><Error xmlns="http://schemas.microsoft.com/SQL/ServiceBroker/Error"><Code>42</Code><Description>bad &lt;thing&gt;</Description></Error>',
    );
    expect(rows[0]!.validation).toBe('X');
    expect(states(world)).toEqual(['I ER', 'T CD']);
    world.end(initiator);
    expect(states(world)).toEqual(['T CD']);
  });

  test('case 50: an incomplete error changes nothing', () => {
    using world = brokerWorld();
    const { target } = conversation(world);
    expect(() => world.end(target, { code: 0, description: 'x' })).toThrow(sqlError(8424));
    expect(() => world.end(target, { code: 1, description: null })).toThrow(sqlError(8419));
    world.send(target, 'goes on', 'R');
    expect(states(world)).toEqual(['I CO', 'T CO']);
  });

  test('case 51: WITH CLEANUP sends nothing; a later SEND from the far side ends in -8462', () => {
    using world = brokerWorld();
    const { initiator, target } = conversation(world);
    world.auto((transaction) => world.broker.cleanUpConversation(transaction, target));
    expect(states(world)).toEqual(['I CO']);
    expect(world.receive(world.qi)).toEqual([]);
    world.send(initiator);
    expect(errorText(world.receive(world.qi)[0])).toContain('<Code>-8462</Code>');
  });

  test('case 52: own messages go at once, and come back with a rollback', () => {
    using world = brokerWorld();
    const { initiator, target } = conversation(world);
    world.send(initiator, 'unread');
    const undone = world.begin();
    world.broker.endConversation(undone, target);
    expect(world.qs.messageCount).toBe(0);
    undone.rollback();
    expect(brief(world.broker.queueContents(world.qs))).toEqual(['T:unread']);
    world.end(target);
    expect(world.broker.queueContents(world.qs)).toEqual([]);
  });

  test('case 53: the second END fails', () => {
    using world = brokerWorld();
    const { initiator, target } = conversation(world);
    world.end(target);
    expect(() => world.end(target)).toThrow(sqlError(8427));
    world.end(initiator);
    expect(() => world.end(initiator)).toThrow(sqlError(8426));
  });

  test('fire and forget: begin, send and end in one transaction reach the target', () => {
    using world = brokerWorld();
    world.auto((transaction) => {
      const handle = world.broker.beginDialog(transaction, { fromService: 'I', toService: 'S', contract: 'C' });
      world.broker.send(transaction, [handle], 'T', Buffer.from('x'));
      world.broker.endConversation(transaction, handle);
    });
    expect(brief(world.receive(world.qs))).toEqual(['T:x', 'EndDialog']);
    expect(states(world)).toEqual(['T DI']);
  });

  test('a dialog that has sent nothing ends without a trace', () => {
    using world = brokerWorld();
    world.end(world.dialog());
    expect(states(world)).toEqual([]);
    expect([...world.broker.groups()]).toEqual([]);
  });

  test('an end that meets an uncommitted end of the far side waits for it', () => {
    using world = brokerWorld();
    const { initiator, target } = conversation(world);
    const other = world.begin();
    world.broker.endConversation(other, initiator);
    world.end(target);
    expect([...world.broker.transmissionQueue()]).toMatchObject([
      { transmissionStatus: 'Target queue is busy; message(s) queued for delivery.' },
    ]);
    expect(states(world)).toEqual(['I DO', 'T DO']);
    other.rollback();
    expect([...world.broker.transmissionQueue()]).toEqual([]);
    expect(states(world)).toEqual(['I DI', 'T CD']);
    expect(brief(world.receive(world.qi))).toEqual(['EndDialog']);
  });

  test('both sides that end at once are both over, without messages', () => {
    using world = brokerWorld();
    const { initiator, target } = conversation(world);
    const other = world.begin();
    world.broker.endConversation(other, initiator);
    world.end(target);
    other.commit(world.store);
    expect(states(world)).toEqual(['T CD']);
    expect(world.qi.messageCount + world.qs.messageCount).toBe(0);
  });
});

describe('timers and lifetime', () => {
  test('case 54: a timer puts a DialogTimer on the own queue; setting it again moves it', () => {
    using world = brokerWorld();
    const { initiator } = conversation(world);
    const timer = (seconds: number) =>
      world.auto((transaction) => world.broker.setTimer(transaction, initiator, seconds));
    timer(1);
    timer(5);
    world.clock.advance(2);
    expect(world.receive(world.qi)).toEqual([]);
    world.clock.advance(3);
    expect(world.receive(world.qi)).toMatchObject([{ conversationHandle: initiator, body: null, validation: 'E' }]);
    expect(world.qs.messageCount).toBe(0);
    const undone = world.begin();
    world.broker.setTimer(undone, initiator, 1);
    undone.rollback();
    world.clock.advance(5);
    expect(world.receive(world.qi)).toEqual([]);
  });

  test('case 44: DialogTimer comes before Error, Error before the rest', () => {
    using world = brokerWorld();
    const { initiator, target } = conversation(world);
    world.send(target, 'reply', 'R');
    world.auto((transaction) => world.broker.setTimer(transaction, initiator, 1));
    world.end(target, { code: 1, description: 'e' });
    world.clock.advance(1);
    const types = brief(world.receive(world.qi)).map((text) => text.split(':')[0]);
    expect(types).toEqual(['DialogTimer', 'Error', 'R']);
  });

  test('case 55: a lifetime that is over puts an Error -8489 on both queues; SEND fails, END works', () => {
    using world = brokerWorld();
    const initiator = world.dialog({ lifetime: 1 });
    world.send(initiator);
    expect(() => world.auto((transaction) => world.broker.setTimer(transaction, initiator, 2))).toThrow(sqlError(8410));
    const [request] = world.receive(world.qs);
    world.clock.advance(2);
    for (const queue of [world.qi, world.qs]) {
      expect(errorText(world.receive(queue)[0])).toContain(
        '<Code>-8489</Code><Description>The dialog has exceeded the specified LIFETIME.',
      );
    }
    expect(() => world.send(initiator)).toThrow(sqlError(8429));
    world.end(initiator);
    world.end(request!.conversationHandle);
    expect(states(world)).toEqual(['T CD']);
  });
});

describe('the broker of a database', () => {
  test('case 65: with the broker disabled messages wait in transmission', () => {
    using world = brokerWorld();
    const handle = world.dialog();
    world.auto((transaction) => world.broker.setEnabled(transaction, false));
    world.send(handle, '1');
    expect([...world.broker.transmissionQueue()]).toMatchObject([
      { transmissionStatus: "The broker is disabled in the sender's database." },
    ]);
    world.auto((transaction) => world.broker.setEnabled(transaction, true));
    expect(brief(world.receive(world.qs))).toEqual(['T:1']);
  });

  test('case 66: NEW_BROKER changes the guid and removes all conversations', () => {
    using world = brokerWorld();
    conversation(world);
    const { guid } = world.broker;
    world.auto((transaction) => world.broker.newBroker(transaction));
    expect(world.broker.guid).not.toBe(guid);
    expect(states(world)).toEqual([]);
  });

  test('ERROR_BROKER_CONVERSATIONS keeps the guid and gives every conversation an Error', () => {
    using world = brokerWorld();
    conversation(world);
    const { guid } = world.broker;
    world.auto((transaction) => world.broker.errorAllConversations(transaction));
    expect(world.broker.guid).toBe(guid);
    expect(states(world)).toEqual(['I ER', 'T ER']);
  });

  test('a dropped route keeps messages back with a status; a new one lets them go', () => {
    using world = brokerWorld();
    world.auto((transaction) => world.broker.dropRoute(transaction, 'AutoCreatedLocal'));
    world.send(world.dialog(), '1');
    expect([...world.broker.transmissionQueue()][0]!.transmissionStatus).toMatch(/^No route matches/);
    world.auto((transaction) => world.broker.createRoute(transaction, 'mine', { serviceName: 'S', address: 'LOCAL' }));
    expect(brief(world.receive(world.qs))).toEqual(['T:1']);
  });

  test('TO SERVICE with a broker guid pins the database: without the service there, Error -8490', () => {
    using world = brokerWorld();
    world.send(world.dialog({ brokerInstance: 'CURRENT DATABASE' }), '1');
    expect(brief(world.receive(world.qs))).toEqual(['T:1']);
    world.send(world.dialog({ toService: 'x', brokerInstance: world.broker.guid }));
    expect(errorText(world.receive(world.qi)[0])).toContain('<Code>-8490</Code>');
    expect(world.backgroundErrors).toEqual([]);
  });
});
