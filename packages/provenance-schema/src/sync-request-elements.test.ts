import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readElementsGenerally, readFixedShape } from './sync-request-elements.ts';

const text = (pattern: RegExp) => fc.stringMatching(pattern);
const valid = {
  type: text(/^[A-Za-z]{1,20}$/),
  id: text(/^-?\d{1,25}$/),
  sync: text(/^[A-Za-z]{1,10}$/),
  tenant: text(/^-?\d{1,12}$/),
  time: text(/^[-0-9TZ:.]{1,30}$/),
  trace: text(/^[-0-9a-f]{1,55}$/),
};

// What XML readers can differ about, next to any text at all.
const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    ' Atom ',
    '&amp;',
    '&#65;',
    '&lt;b&gt;',
    '<!-- -->',
    '<![CDATA[x]]>',
    '<b/>',
    ']]>',
    '\u0000',
  ),
  fc.string({ unit: 'binary' }),
);
// Mostly valid, so that most documents are odd in one place only and no other element keeps the fast reader away.
const maybeOdd = (field: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 7, arbitrary: field }, { weight: 1, arbitrary: odd });

interface Fields {
  type: string;
  id: string;
  sync: string;
  tenant: string;
  time: string | null;
  trace: string | null;
}

const document = ({ type, id, sync, tenant, time, trace }: Fields) =>
  `<Neo4jSync><EntityType>${type}</EntityType><EntityId>${id}</EntityId><SyncType>${sync}</SyncType>` +
  `<TenantId>${tenant}</TenantId>${time === null ? '' : `<EnqueuedAt>${time}</EnqueuedAt>`}` +
  `${trace === null ? '' : `<TraceParent>${trace}</TraceParent>`}</Neo4jSync>`;

const documents = (field: (arbitrary: fc.Arbitrary<string>) => fc.Arbitrary<string>) =>
  fc
    .record({
      type: field(valid.type),
      id: field(valid.id),
      sync: field(valid.sync),
      tenant: field(valid.tenant),
      time: fc.option(field(valid.time)),
      trace: fc.option(field(valid.trace)),
    })
    .map(document);

describe('the fast reader', () => {
  it('reads everything of the fixed shape, and reads it as the general one does', () => {
    fc.assert(
      fc.property(
        documents((field) => field),
        (xml) => {
          const fast = readFixedShape(xml);
          expect(fast).not.toBeNull();
          expect(fast).toEqual(readElementsGenerally(xml));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never reads what the general one reads differently or refuses', () => {
    fc.assert(
      fc.property(documents(maybeOdd), (xml) => {
        const fast = readFixedShape(xml);
        if (fast !== null) expect(fast).toEqual(readElementsGenerally(xml));
      }),
      { numRuns: 3000 },
    );
  });
});
