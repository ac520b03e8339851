import { embeddingDimension, graphSchema, modelEmbeddingIndex } from '@hartonomous/provenance-schema';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createLineageReader,
  createVectorIndexes,
  deployGraphSchema,
  dropVectorIndex,
  searchAtoms,
  similarAtoms,
} from '../../src/index.ts';
import type { Fixture } from '../fixture.ts';

const tenantId = 7101;
const otherTenantId = 7102;
const index = modelEmbeddingIndex('search_tests', embeddingDimension);
const [property] = index.properties;
const invalid = { code: 'INVALID_OPTIONS' };

/** Points at an angle from the first axis, in the plane of the first two. */
function at(degrees: number): number[] {
  const radians = (degrees * Math.PI) / 180;
  return Array.from({ length: embeddingDimension }, (_, axis) => [Math.cos(radians), Math.sin(radians)][axis] ?? 0);
}

/** Tests of both searches, on tenants of their own. */
export function searchTests(start: () => Fixture): void {
  let fixture: Fixture;
  const create = (atoms: readonly Record<string, unknown>[]) =>
    fixture.query('UNWIND $atoms AS atom CREATE (n:Atom) SET n = atom', { atoms });
  const remove = () => fixture.query('MATCH (n:Atom) WHERE n.tenantId >= 7101 DELETE n');
  beforeAll(async () => {
    fixture = start();
    await createVectorIndexes(fixture.graph, [index]);
    const text = (id: bigint, canonicalText: string, tenant = tenantId) => ({
      ...{ id, tenantId: BigInt(tenant), canonicalText, atomType: 'text', contentType: 'text/plain' },
    });
    await create([
      text(1n, 'Service Broker keeps a message until its transaction commits.'),
      text(2n, 'The broker of the service is a service: service upon service.'),
      text(3n, 'Messages travel over wi-fi; straße and 日本語 are words, too.'),
      text(4n, 'Service Broker, told to another tenant.', otherTenantId),
      { id: 5n, tenantId: BigInt(tenantId) },
    ]);
  });
  afterAll(async () => {
    await remove();
    await dropVectorIndex(fixture.graph, index);
  });

  describe('searchAtoms', () => {
    const search = async (text: string, options = {}) =>
      (await searchAtoms(fixture.graph, { tenantId, text, ...options })).map(({ id }) => id);

    test('finds the atoms of a tenant that have all the words, the best first', async () => {
      expect(await searchAtoms(fixture.graph, { tenantId, text: 'service BROKER' })).toMatchObject([
        { id: 2n, atomType: 'text', contentType: 'text/plain', score: expect.any(Number) },
        { id: 1n, text: 'Service Broker keeps a message until its transaction commits.' },
      ]);
      expect(await search('broker transaction')).toEqual([1n]);
      expect(await search('broker elephant')).toEqual([]);
      expect(await search('Straße')).toEqual([3n]);
      expect(await search('wi-fi')).toEqual([3n]);
      expect(await search('broker', { tenantId: otherTenantId })).toEqual([4n]);
      expect(await search('broker', { tenantId: 7103 })).toEqual([]);
    });

    test('gives the beginning of a long text', async () => {
      await create([{ id: 6n, tenantId: 7104n, canonicalText: `endless ${'x'.repeat(2_000)}` }]);
      const [found] = await searchAtoms(fixture.graph, { tenantId: 7104, text: 'endless' });
      expect(found?.text).toHaveLength(500);
    });

    test('says of a document that it is unfinished, and so does its lineage', async () => {
      const document = (id: bigint, metadata: object, atomType = 'document') => ({
        ...{ id, tenantId: 7105n, atomType, canonicalText: 'half a file', metadata: JSON.stringify(metadata) },
      });
      await create([
        document(20n, { fileName: 'a.txt', unfinished: true }),
        document(21n, { fileName: '"unfinished":true' }),
        document(22n, { unfinished: true }, 'section'),
      ]);
      const found = await searchAtoms(fixture.graph, { tenantId: 7105, text: 'half' });
      expect(found.map(({ id, isUnfinished }) => [id, isUnfinished])).toEqual([
        [20n, true],
        [21n, undefined],
        [22n, undefined],
      ]);
      const roots = await createLineageReader(fixture.graph).roots({ atomId: 20n, tenantId: 7105 });
      expect(roots.items).toMatchObject([{ id: 20n, isUnfinished: true }]);
    });

    test('gives pages and leaves out what scores too little', async () => {
      expect(await search('service', { limit: 1 })).toEqual([2n]);
      expect(await search('service', { limit: 1, offset: 1 })).toEqual([1n]);
      expect(await search('service', { limit: 1, offset: 2 })).toEqual([]);
      const [best] = await searchAtoms(fixture.graph, { tenantId, text: 'service' });
      expect(await search('service', { minimumScore: best?.score })).toEqual([2n]);
    });

    test.each([
      'broker AND (',
      'broker OR NOT',
      '"broker',
      'broker^',
      'id:1 broker',
      'brok*',
      '[broker TO',
      'broker~ \\',
    ])('%j is words, not syntax', async (text) => {
      const words = text.replace(/AND|OR|NOT|TO|id:1/g, '');
      expect((await search(words)).sort()).toEqual(text === 'brok*' ? [] : [1n, 2n]);
      await expect(search(text)).resolves.toBeDefined();
    });

    test('no text makes it fail', async () => {
      const texts = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => `${text} x`);
      const syntax = fc.stringMatching(/^[a-zA-Z +\-&|!(){}[\]^"~*?:\\/<>=;'$]{1,40}$/).map((text) => `${text} x`);
      await fc.assert(
        fc.asyncProperty(fc.oneof(texts, syntax), async (text) => {
          await searchAtoms(fixture.graph, { tenantId, text });
        }),
        { numRuns: 60 },
      );
    });

    test.each([
      { text: '' },
      { text: ' +-!' },
      { text: 'x'.repeat(2001) },
      { limit: 0 },
      { offset: -1 },
      { tenantId: 0.5 },
    ])('%j is refused', async (wrong) => {
      await expect(searchAtoms(fixture.graph, { tenantId, text: 'x', ...wrong })).rejects.toMatchObject(invalid);
    });
  });

  describe('similarAtoms', () => {
    beforeAll(async () => {
      const atom = (id: number, degrees: number, tenant = tenantId) => ({
        ...{ id: BigInt(id), tenantId: BigInt(tenant), [property]: at(degrees) },
      });
      await create([atom(10, 0), atom(11, 5), atom(12, 60), atom(13, 180), atom(14, 1, otherTenantId)]);
    });
    const similar = async (to: bigint | readonly number[], options = {}) =>
      (await similarAtoms(fixture.graph, { tenantId, to, index, ...options })).map(({ id }) => id);

    test('finds the nearest atoms of a tenant, without the one that is asked about', async () => {
      const found = await similarAtoms(fixture.graph, { tenantId, to: 10n, index });
      expect(found.map(({ id }) => id)).toEqual([11n, 12n, 13n]);
      expect(found[1]?.score).toBeCloseTo(0.75, 2);
      expect(await similar(10n, { limit: 1 })).toEqual([11n]);
      expect(await similar(10n, { minimumScore: 0.9 })).toEqual([11n]);
      expect(await similar(at(58), { limit: 2 })).toEqual([12n, 11n]);
    });

    test('an atom of another tenant, or one without an embedding, is an error with a code', async () => {
      await expect(similar(14n)).rejects.toMatchObject({ code: 'ATOM_NOT_FOUND', atomId: 14n, tenantId });
      await expect(similar(5n)).rejects.toMatchObject({ code: 'ATOM_HAS_NO_EMBEDDING', atomId: 5n });
      for (const wrong of [[1, 2, 3], [], at(0).map(() => 0)])
        await expect(similar(wrong)).rejects.toMatchObject(invalid);
      await expect(similar(10n, { minimumScore: 2 })).rejects.toMatchObject(invalid);
    });

    test('few atoms are found among many nearer ones of another tenant', async () => {
      await fixture.query(
        'UNWIND range(1, 4200) AS i CREATE (n:Atom {id: 100000 + i, tenantId: $tenantId}) ' +
          `SET n.${property} = [x IN range(1, $size) | CASE x WHEN 1 THEN 1.0 WHEN 2 THEN i / 1000000.0 ELSE 0.0 END]`,
        { tenantId: BigInt(otherTenantId), size: BigInt(embeddingDimension) },
      );
      expect(await similar(10n, { limit: 2 })).toEqual([11n, 12n]);
    });
  });

  test('a missing index is named with what makes it', async () => {
    await remove();
    const searches = {
      atom_text: () => searchAtoms(fixture.graph, { tenantId, text: 'broker' }),
      [index.name]: () => similarAtoms(fixture.graph, { tenantId, to: at(0), index }),
    };
    for (const [name, search] of Object.entries(searches)) {
      await fixture.query(`DROP INDEX ${name}`);
      await expect(search()).rejects.toMatchObject({
        ...{ code: 'SEARCH_INDEX_MISSING', index: name },
        message: expect.stringContaining(
          name === 'atom_text' ? 'hartonomous graph deploy' : 'hartonomous embeddings index',
        ),
      });
    }
    await deployGraphSchema(fixture.graph, { schema: graphSchema, backupFile: null });
  });

  test('a search can be stopped', async () => {
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(searchAtoms(fixture.graph, { tenantId, text: 'broker' }, stopped)).rejects.toThrow('enough');
  });
}
