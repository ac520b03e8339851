import {
  type AnyEntity,
  atom,
  atomProvenance,
  decision,
  type GraphRecord,
  generationStream,
  inference,
  model,
  modelVersion,
  operation,
  toGraphRecord,
  user,
} from '@hartonomous/provenance-schema';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createGraphNavigator,
  createGraphWriter,
  createLineageReader,
  type GraphNavigator,
  type LineageReader,
  navigableLabels,
} from '../../src/index.ts';
import { explainInferenceStatement } from '../../src/lineage/inference.ts';
import { operationsStatement } from '../../src/lineage/operations.ts';
import { shapeOf } from '../../src/navigation/graph-shape.ts';
import { countsStatement, neighboursStatement, nodeStatement } from '../../src/navigation/node-statements.ts';
import type { Fixture } from '../fixture.ts';
import { planOperators } from '../plan-operators.ts';
import { atomRecord, edgeRecord } from '../samples.ts';

const at = new Date('2026-01-02T03:04:05.678Z');
const row = { TenantId: 0, CreatedAt: at, CompletedAt: null, UserId: '5', InputAtomId: null, OutputAtomId: null };

/** Operations, inferences and navigation, in a graph that the writer has written from rows. */
export function explanationTests(start: () => Fixture): void {
  let fixture: Fixture;
  let reader: LineageReader;
  let navigator: GraphNavigator;

  beforeAll(async () => {
    fixture = start();
    await fixture.clear();
    reader = createLineageReader(fixture.graph, { timeoutMs: 120_000 });
    navigator = createGraphNavigator(fixture.graph, { timeoutMs: 120_000 });
    const changes = (entity: AnyEntity, ...upserts: GraphRecord[]) => ({ entity, upserts, deletes: [] });
    const rows = (entity: AnyEntity, ...values: object[]) =>
      changes(entity, ...values.map((value) => toGraphRecord(entity, { ...row, ...value })));
    const operationRow = (id: number, type: string, input: number | null, output: number | null) => ({
      ...{ OperationId: String(id), OperationType: type, Metadata: null },
      ...{ InputAtomId: input === null ? null : String(input), OutputAtomId: output === null ? null : String(output) },
    });
    await createGraphWriter(fixture.graph).apply(
      [
        rows(user, { UserId: '5', UserName: 'ann', DisplayName: 'Ann' }),
        // 1 <- 2 <- 3, and 4 from 1, which is not behind 3.
        changes(atom, ...[1, 2, 3, 4].map((id) => atomRecord(id, `text ${id} ${'x'.repeat(100)}`))),
        changes(atomProvenance, edgeRecord(1, 2, 1), edgeRecord(2, 3, 2), edgeRecord(3, 4, 1, 'MERGED_FROM')),
        rows(
          operation,
          operationRow(10, 'ingest', null, 1),
          operationRow(11, 'check', 1, null),
          operationRow(12, 'split', 1, 2),
          operationRow(13, 'merge', 1, 4),
          operationRow(14, 'rewrite', 2, 3),
        ),
        rows(model, { ModelId: '7', Name: 'writer', ModelType: 'text', Provider: 'home' }),
        rows(modelVersion, { ModelVersionId: '8', ModelId: '7', Version: '2.1', ParameterCount: '1000' }),
        rows(inference, {
          ...{ InferenceId: '20', TaskType: 'rewrite', ReasoningMode: 'hybrid', ContextDomain: 'text_generation' },
          ...{ ModelVersionId: '8', InputAtomId: '2', OutputAtomId: '3', DurationMs: 150, InferredAt: at },
        }),
        rows(decision, { DecisionId: '30', InferenceId: '20', Outcome: 'publish', Rationale: null, Confidence: 0.75 }),
        rows(generationStream, { StreamId: '40', InferenceId: '20', AtomId: '3', StreamType: 'text', PieceCount: 9 }),
      ],
      1n,
    );
  });

  describe('operations behind an atom', () => {
    test('are those that made it and its ancestors, and checks of these, but not what made others of them', async () => {
      const { items, total, truncated } = await reader.operations({ tenantId: 0, atomId: 3n });
      expect(items.map((one) => `${one.depth}: ${one.operationType} ${one.role} ${one.atomId}`)).toEqual([
        '0: rewrite made 3',
        '1: split made 2',
        '2: ingest made 1',
        '2: check took 1',
      ]);
      expect({ total, truncated }).toEqual({ total: 4, truncated: false });
      expect(items[0]).toMatchObject({
        performedBy: { userId: 5n, userName: 'ann' },
        createdAt: at,
        completedAt: null,
      });
    });

    test('come page by page, and only as deep as asked for', async () => {
      const first = await reader.operations({ tenantId: 0, atomId: 3n, limit: 3 });
      const rest = await reader.operations({ tenantId: 0, atomId: 3n, limit: 3, after: first.next ?? '' });
      expect([...first.items, ...rest.items].map(({ operationId }) => operationId)).toEqual([14n, 12n, 10n, 11n]);
      expect(rest.next).toBeNull();
      expect(await reader.operations({ tenantId: 0, atomId: 3n, depth: 1 })).toMatchObject({
        total: 2,
        truncated: true,
      });
    });
  });

  test('an inference is explained by its model, reasoning, context, atoms, streams and decisions', async () => {
    const { inputs, outputs, ...explanation } = await reader.explainInference({ tenantId: 0, inferenceId: 20n });
    expect(explanation).toEqual({
      ...{ inferenceId: 20n, taskType: 'rewrite', timestamp: at, durationMs: 150, isPlaceholder: false },
      model: { modelVersionId: 8n, version: '2.1', modelId: 7n, name: 'writer', provider: 'home' },
      ...{ reasoningModes: ['hybrid'], contexts: ['text_generation'], performedBy: { userId: 5n, userName: 'ann' } },
      decisions: [{ decisionId: 30n, outcome: 'publish', rationale: null, confidence: 0.75, createdAt: at }],
      streams: [{ streamId: 40n, streamType: 'text', pieceCount: 9n, atomId: 3n }],
      truncated: false,
    });
    expect([inputs, outputs]).toMatchObject([[{ id: 2n }], [{ id: 3n }]]);
    await expect(reader.explainInference({ tenantId: 1, inferenceId: 20n })).rejects.toMatchObject({
      code: 'NODE_NOT_FOUND',
    });
  });

  describe('navigation', () => {
    test('shows a node with its neighbours by type, direction and label', async () => {
      const node = await navigator.node({ tenantId: 0, label: 'Atom', id: 3n });
      expect(node.properties).toMatchObject({ id: 3n, contentHash: 'dead', createdAt: at });
      expect(node.groups.map((one) => `${one.direction} ${one.type} ${one.label} ${one.count}`)).toEqual([
        'out BELONGS_TO_TENANT Tenant 1',
        'out DERIVED_FROM Atom 1',
        'in GENERATED GenerationStream 1',
        'in OUTPUT_ATOM Inference 1',
        'in OUTPUT_ATOM Operation 1',
      ]);
      const [, derived] = node.groups;
      expect(derived?.items).toMatchObject([
        { id: 2n, properties: { canonicalText: `text 2 ${'x'.repeat(73)}` }, edge: { id: 2n, createdAt: at } },
      ]);
      expect(Object.keys(derived?.items[0]?.properties ?? {})).not.toContain('embedding');
    });

    test('shows every label, and from each neighbour the way back', async () => {
      const ids = { Tenant: 0n, User: 5n, Model: 7n, ModelVersion: 8n, Atom: 2n, Operation: 12n, Inference: 20n };
      const more = { Decision: 30n, GenerationStream: 40n, ReasoningMode: 'hybrid', Context: 'text_generation' };
      for (const [label, id] of Object.entries({ ...ids, ...more })) {
        const node = await navigator.node({ tenantId: 0, label, id });
        expect(node.groups, label).not.toEqual([]);
        for (const { type, direction, items } of node.groups) {
          for (const neighbour of items) {
            const back = await navigator.node({ tenantId: 0, label: neighbour.label, id: neighbour.id, limit: 100 });
            const group = back.groups.find(
              (one) => one.type === type && one.direction !== direction && one.label === label,
            );
            expect(group?.items.map((one) => one.id)).toContain(id);
          }
        }
      }
    }, 180_000);

    test('pages a group', async () => {
      const group = { label: 'Tenant', id: 0n, tenantId: 0, type: 'BELONGS_TO_TENANT', limit: 3 } as const;
      const page = { ...group, direction: 'in', neighbourLabel: 'Atom' } as const;
      const first = await navigator.neighbours(page);
      const second = await navigator.neighbours({ ...page, after: first.next ?? '' });
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([1n, 2n, 3n, 4n]);
      expect(second.next).toBeNull();
    });

    test('says the same of a node with very many neighbours, which takes several statements', async () => {
      await fixture.query(
        `MATCH (t:Tenant {tenantId: 0}) CREATE (m:Atom {id: 5000, tenantId: 0, createdAt: datetime('2026-01-02T03:04:05.678Z')})-[:BELONGS_TO_TENANT]->(t)
         CREATE (m)-[:DERIVED_FROM {id: 4999, createdAt: m.createdAt}]->(m)
         WITH m UNWIND range(5001, 5990) AS id
         CREATE (m)<-[:DERIVED_FROM {id: id}]-(:Atom {id: id, tenantId: CASE WHEN id % 10 = 0 THEN 6 ELSE 0 END, canonicalText: 'child'}),
           (m)<-[:MERGED_FROM {id: id + 1000}]-(:Other)`,
      );
      const read = () => navigator.node({ tenantId: 0, label: 'Atom', id: 5000n, limit: 5 });
      const several = await read();
      expect(several.groups.map(({ direction, type, label, count }) => [direction, type, label, count])).toEqual([
        ['out', 'BELONGS_TO_TENANT', 'Tenant', 1],
        ['out', 'DERIVED_FROM', 'Atom', 1],
        // The atom itself among them, but none of another tenant.
        ['in', 'DERIVED_FROM', 'Atom', 892],
      ]);
      expect(several.groups[2]?.items[0]).toMatchObject({
        ...{ id: 5000n, properties: { createdAt: at, contentType: null } },
        edge: { id: 4999n, createdAt: at, derivationType: null },
      });
      await fixture.query('MATCH (:Atom {id: 5000})<-[:MERGED_FROM]-(o:Other) DETACH DELETE o');
      expect(await read()).toEqual(several);
      await fixture.query('MATCH (a:Atom) WHERE a.id >= 5000 DETACH DELETE a');
    });

    test('knows nothing of other tenants', async () => {
      await fixture.query(
        `MATCH (a:Atom {id: 3}), (r:ReasoningMode {type: 'hybrid'}), (i:Inference {inferenceId: 20})
         CREATE (a)-[:DERIVED_FROM {id: 900}]->(:Atom {id: 900, tenantId: 6})<-[:OUTPUT_ATOM]-(:Operation {operationId: 900, tenantId: 6}),
           (:Inference {inferenceId: 900, tenantId: 6})-[:USED_REASONING]->(r), (:Operation {operationId: 901, placeholder: true})-[:OUTPUT_ATOM]->(a),
           (i)-[:RESULTED_IN]->(:Decision {decisionId: 900, tenantId: 6})`,
      );
      const counts = async (label: string, id: bigint | string) =>
        (await navigator.node({ tenantId: 0, label, id })).groups.map(({ type, count }) => `${type} ${count}`);
      expect(await counts('Atom', 3n)).toContain('DERIVED_FROM 1');
      expect(await counts('Atom', 3n)).toEqual([
        'BELONGS_TO_TENANT 1',
        'DERIVED_FROM 1',
        'GENERATED 1',
        'OUTPUT_ATOM 1',
        'OUTPUT_ATOM 1',
      ]);
      expect(await counts('ReasoningMode', 'hybrid')).toEqual(['USED_REASONING 1']);
      expect((await reader.explainInference({ tenantId: 0, inferenceId: 20n })).decisions).toHaveLength(1);
      expect(await reader.operations({ tenantId: 0, atomId: 3n })).toMatchObject({ total: 4 });
      const messageOf = async (id: bigint) =>
        String(await navigator.node({ tenantId: 0, label: 'Operation', id }).catch((error: Error) => error));
      expect((await messageOf(900n)).replace('900', 'N')).toBe((await messageOf(12_345n)).replace('12345', 'N'));
      await expect(navigator.node({ tenantId: 0, label: 'Tenant', id: 6n })).rejects.toMatchObject({
        code: 'NODE_NOT_FOUND',
      });
    });

    test('refuses labels, relationships, ids and cursors that nothing declares', async () => {
      const node = { tenantId: 0, label: 'Atom', id: 3n };
      await expect(navigator.node({ ...node, label: 'SyncLock' })).rejects.toMatchObject({
        code: 'UNKNOWN_LABEL',
        labels: navigableLabels,
      });
      await expect(navigator.node({ ...node, label: 'constructor' })).rejects.toMatchObject({ code: 'UNKNOWN_LABEL' });
      await expect(navigator.node({ ...node, id: '3' })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
      const group = { ...node, type: 'DERIVED_FROM', direction: 'out', neighbourLabel: 'Atom' } as const;
      await expect(navigator.neighbours({ ...group, type: 'X]->() DELETE' })).rejects.toMatchObject({
        code: 'INVALID_OPTIONS',
      });
      await expect(navigator.neighbours({ ...group, after: 'x' })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    });
  });

  describe('plans', () => {
    test.each(navigableLabels)('%s is found by its key, its neighbours from it', async (label) => {
      const shape = shapeOf(label);
      // The ids of reference nodes have a constraint; there are a handful of them.
      const whole = [nodeStatement(shape), countsStatement(shape)];
      const texts = [...whole, ...shape.relations.map((relation) => neighboursStatement(shape, relation))];
      for (const text of texts) {
        const operators = await planOperators(fixture.graph, text, { id: shape.idKind === 'integer' ? 1n : 'x' });
        expect(operators.join('\n'), text).toMatch(/NodeUniqueIndexSeek/);
        // An index seek that isn't unique is one on the tenant, which walks through all that it has.
        expect(
          operators.filter((name) => /Scan|^NodeIndexSeek/.test(name)),
          text,
        ).toEqual([]);
      }
    });

    test.each(Object.entries({ operations: operationsStatement(25), inference: explainInferenceStatement }))(
      '%s start at the one node',
      async (_, text) => {
        const operators = await planOperators(fixture.graph, text, { inferenceId: 1n, most: 1n, afterAtom: 0n });
        expect(operators.join('\n')).toMatch(/NodeUniqueIndexSeek/);
        expect(operators.filter((name) => /Scan|NodeIndexSeek/.test(name))).toEqual([]);
      },
    );
  });
}
