import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readElementsGenerally, readFixedShape } from './sync-request-elements.ts';

const word = fc.oneof(fc.constantFrom('Atom', 'CREATE', '12345', '0', '-1', '2026-01-02T03:04:05Z', ''), fc.string());
const piece = fc.oneof(word, fc.constantFrom(' ', '&amp;', '&#65;', '<!-- -->', '<![CDATA[x]]>', '<b/>'));

const nearlyFixed = fc
  .record({ type: piece, id: piece, sync: piece, tenant: piece, time: fc.option(piece), trace: fc.option(piece) })
  .map(
    ({ type, id, sync, tenant, time, trace }) =>
      `<Neo4jSync><EntityType>${type}</EntityType><EntityId>${id}</EntityId><SyncType>${sync}</SyncType>` +
      `<TenantId>${tenant}</TenantId>${time === null ? '' : `<EnqueuedAt>${time}</EnqueuedAt>`}` +
      `${trace === null ? '' : `<TraceParent>${trace}</TraceParent>`}</Neo4jSync>`,
  );
const text = (pattern: RegExp) => fc.stringMatching(pattern);
const fixed = fc
  .record({
    type: text(/^[A-Za-z]{1,20}$/),
    id: text(/^-?\d{1,25}$/),
    sync: text(/^[A-Za-z]{1,10}$/),
    tenant: text(/^-?\d{1,12}$/),
    time: fc.option(text(/^[-0-9TZ:.]{1,30}$/)),
    trace: fc.option(text(/^[-0-9a-f]{1,55}$/)),
  })
  .map(
    ({ type, id, sync, tenant, time, trace }) =>
      `<Neo4jSync><EntityType>${type}</EntityType><EntityId>${id}</EntityId><SyncType>${sync}</SyncType>` +
      `<TenantId>${tenant}</TenantId>${time === null ? '' : `<EnqueuedAt>${time}</EnqueuedAt>`}` +
      `${trace === null ? '' : `<TraceParent>${trace}</TraceParent>`}</Neo4jSync>`,
  );

describe('the fast reader', () => {
  it('reads everything of the fixed shape, and reads it as the general one does', () => {
    fc.assert(
      fc.property(fixed, (document) => {
        const fast = readFixedShape(document);
        expect(fast).not.toBeNull();
        expect(fast).toEqual(readElementsGenerally(document));
      }),
      { numRuns: 1000 },
    );
  });

  it('never reads what the general one reads differently or refuses', () => {
    fc.assert(
      fc.property(nearlyFixed, (document) => {
        const fast = readFixedShape(document);
        if (fast !== null) expect(fast).toEqual(readElementsGenerally(document));
      }),
      { numRuns: 3000 },
    );
  });
});
