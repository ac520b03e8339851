import { atom, tenant } from '@hartonomous/provenance-schema';
import { expect, test } from 'vitest';
import { atomRow, decodedOf } from '../test/samples.ts';
import { coalesce } from './coalesce.ts';
import { entityChanges, planChanges } from './plan-changes.ts';

const ids = (records: readonly { readonly entityId: bigint }[]) => records.map(({ entityId }) => entityId);

test('a row that is there is written, one that is not is removed, whatever the messages say', () => {
  const requests = coalesce([
    decodedOf({ entityId: 1n, syncType: 'DELETE' }),
    decodedOf({ entityId: 2n, syncType: 'CREATE' }),
  ]);
  const { planned, refused } = planChanges(requests, new Map([[atom, [atomRow(1, 0)]]]));
  expect(refused).toEqual([]);
  const [changes] = entityChanges(planned);
  expect(ids(changes!.upserts)).toEqual([1n]);
  expect(changes!.deletes).toEqual([{ entityId: 2n, tenantId: 0 }]);
});

test('a row that moved to another tenant is written there, and what it left is removed', () => {
  const requests = coalesce([decodedOf({ entityId: 1n, tenantId: 5 }), decodedOf({ entityId: 1n, tenantId: 6 })]);
  const { planned } = planChanges(requests, new Map([[atom, [atomRow(1, 6)]]]));
  const changes = entityChanges(planned);
  expect(changes.flatMap(({ upserts }) => ids(upserts))).toEqual([1n]);
  expect(changes.flatMap(({ deletes }) => deletes)).toEqual([{ entityId: 1n, tenantId: 5 }]);
  // Not in one entry: the writer takes each id once per entry.
  for (const { upserts, deletes } of changes) expect(upserts.length + deletes.length).toBe(1);
});

test('where the tenant is not part of the key, a message with another one names the same node', () => {
  const requests = coalesce([decodedOf({ entityType: 'Tenant', entityId: 7n, tenantId: 0 })]);
  const row = { TenantId: 7, Name: 'seven', CreatedAt: new Date(0) };
  const [changes] = entityChanges(planChanges(requests, new Map([[tenant, [row]]])).planned);
  expect(ids(changes!.upserts)).toEqual([7n]);
  expect(changes!.deletes).toEqual([]);
});

test('a row that is not what the entity declares is refused alone', () => {
  const requests = coalesce([decodedOf({ entityId: 1n }), decodedOf({ entityId: 2n })]);
  const rows = [{ ...atomRow(1, 0), AtomType: 12 }, atomRow(2, 0)];
  const { planned, refused } = planChanges(requests, new Map([[atom, rows]]));
  expect(planned.map(({ request }) => request.entityId)).toEqual([2n]);
  expect(refused[0]?.error).toMatchObject({ reasonCode: 'INVALID_ROW' });
  expect(refused[0]?.error.message).toContain('AtomType');
});
