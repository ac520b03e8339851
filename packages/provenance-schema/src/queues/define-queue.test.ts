import { describe, expect, it } from 'vitest';
import { defineQueue, isWorkerQueue, objectName } from './define-queue.ts';
import { ingestionQueue } from './ingestion-queue.ts';
import { initiatorQueue } from './initiator-queue.ts';
import { queues, workerQueues } from './queue-registry.ts';
import { syncQueue } from './sync-queue.ts';

describe('defineQueue', () => {
  it('refuses a name that would be unsafe inside a statement', () => {
    expect(() => defineQueue({ ...syncQueue, contract: 'C]; DROP TABLE x' })).toThrow(
      "'C]; DROP TABLE x' isn't a plain",
    );
    expect(() => defineQueue({ ...syncQueue, enqueueProcedures: ['dbo.a;b'] })).toThrow(TypeError);
  });

  it('refuses a queue, table or procedure without its schema', () => {
    expect(() => defineQueue({ ...initiatorQueue, queue: 'HartonomousInitiatorQueue' })).toThrow('with its schema');
    const deadLetters = { ...syncQueue.deadLetters, table: 'Letters' };
    expect(() => defineQueue({ ...syncQueue, deadLetters })).toThrow("'Letters' isn't a name with its schema");
  });

  it('refuses a dialog that could carry no message', () => {
    const dialog = { maxMessages: 0, maxAgeMinutes: 60 };
    expect(() => defineQueue({ ...syncQueue, dialog })).toThrow('maxMessages must be 1 or more');
  });
});

describe('the registry', () => {
  it('has every queue once, and those of workers apart', () => {
    expect(queues).toEqual(expect.arrayContaining([syncQueue, ingestionQueue, initiatorQueue]));
    expect(workerQueues).toEqual(queues.filter(isWorkerQueue));
    const names = queues.flatMap(({ name, queue, service }) => [name, queue, service]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('splits a name into schema and object', () => {
    expect(objectName(syncQueue.queue)).toEqual({ schema: 'dbo', name: 'Neo4jSyncQueue' });
  });
});
