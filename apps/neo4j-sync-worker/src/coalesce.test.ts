import { entities, entityTypes } from '@hartonomous/provenance-schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodedOf } from '../test/samples.ts';
import { coalesce } from './coalesce.ts';

const anyDecoded = fc
  .record({
    entityType: fc.constantFrom(...entityTypes),
    entityId: fc.bigInt(1n, 4n),
    tenantId: fc.integer({ min: 0, max: 2 }),
    syncType: fc.constantFrom('CREATE' as const, 'UPDATE' as const, 'DELETE' as const),
  })
  .map(decodedOf);

test('every message is in exactly one request, and no two requests are about the same entity', () => {
  fc.assert(
    fc.property(fc.array(anyDecoded, { maxLength: 40 }), (decoded) => {
      const requests = coalesce(decoded);
      const messages = requests.flatMap((request) => request.messages);
      expect(new Set(messages)).toEqual(new Set(decoded));
      expect(messages).toHaveLength(decoded.length);
      const keys = requests.map(({ entity, entityId, tenantId }) => `${entity.name}/${entityId}/${tenantId}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (const { entity, entityId, tenantId, messages: own } of requests) {
        for (const { request } of own) {
          expect(request).toMatchObject({ entityType: entity.name, entityId, tenantId });
        }
      }
    }),
  );
});

test('entities come before those that refer to them', () => {
  fc.assert(
    fc.property(fc.array(anyDecoded, { maxLength: 20 }), (decoded) => {
      const order = coalesce(decoded).map(({ entity }) => entities.indexOf(entity));
      expect(order).toEqual(order.toSorted((left, right) => left - right));
    }),
  );
});

test('the last message names the sync type, the oldest the time', () => {
  const [request] = coalesce([
    decodedOf({ syncType: 'CREATE', enqueuedAt: new Date(2_000) }),
    decodedOf({ syncType: 'UPDATE', enqueuedAt: new Date(1_000) }),
    decodedOf({ syncType: 'DELETE' }),
  ]);
  expect(request).toMatchObject({ syncType: 'DELETE', enqueuedAt: new Date(1_000) });
  expect(request?.messages).toHaveLength(3);
});
