import type { AtomSummary, LineageEdge, ProvenanceActivity, ProvenanceAgent } from '@hartonomous/graph-sync';

/** What a document is made from; each is read as often as the document has parts of it. */
export interface ProvenanceSource {
  readonly tenantId: number;
  readonly atoms: () => AsyncIterable<AtomSummary>;
  readonly edges: () => AsyncIterable<LineageEdge>;
  readonly activities: () => AsyncIterable<ProvenanceActivity>;
  readonly agents: () => AsyncIterable<ProvenanceAgent>;
}

type Member = readonly [id: string, value: object];

/**
 * A PROV-JSON document (W3C member submission of 24 April 2013), as text in pieces: atoms are entities; operations, inferences and
 * streams activities; users persons and versions of models software agents.
 */
export async function* provJson(source: ProvenanceSource): AsyncGenerator<string, void> {
  const prefix = { hart: `urn:hartonomous:tenant:${source.tenantId}:`, xsd: 'http://www.w3.org/2001/XMLSchema#' };
  yield `{"prefix":${JSON.stringify(prefix)}`;
  yield* part('entity', source.atoms(), entity);
  yield* part('activity', source.activities(), activity);
  yield* part('agent', source.agents(), agent);
  yield* part('wasDerivedFrom', source.edges(), derivation);
  yield* part('used', source.activities(), used);
  yield* part('wasGeneratedBy', source.activities(), generated);
  yield* part('wasAssociatedWith', source.activities(), associated);
  yield* part('wasInformedBy', source.activities(), informed);
  yield '}\n';
}

async function* part<Item>(
  name: string,
  items: AsyncIterable<Item>,
  membersOf: (item: Item) => readonly Member[],
): AsyncGenerator<string, void> {
  let isFirst = true;
  for await (const item of items) {
    for (const [id, value] of membersOf(item)) {
      // A part without members is left out.
      yield `${isFirst ? `,\n${JSON.stringify(name)}:{` : ',\n'}${JSON.stringify(id)}:${JSON.stringify(value)}`;
      isFirst = false;
    }
  }
  if (!isFirst) yield '}';
}

const atomId = (id: bigint) => `hart:atom.${id}`;
const activityId = ({ kind, id }: Pick<ProvenanceActivity, 'kind' | 'id'>) => `hart:${kind}.${id}`;
const qualified = (name: string) => ({ $: name, type: 'prov:QUALIFIED_NAME' });
const time = (at: Date) => ({ $: at.toISOString(), type: 'xsd:dateTime' });

/** What is known of it; `null` and `undefined` are left out. */
function known(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}

function entity({ id, atomType, contentType, contentHash, preview, createdAt, isPlaceholder }: AtomSummary): Member[] {
  const value = known({
    'prov:type': atomType,
    'prov:label': preview,
    'hart:contentType': contentType,
    'hart:contentHash': contentHash,
    'hart:createdAt': createdAt === null ? null : time(createdAt),
    'hart:isPlaceholder': isPlaceholder ? { $: 'true', type: 'xsd:boolean' } : null,
  });
  return [[atomId(id), value]];
}

function activity(one: ProvenanceActivity): Member[] {
  const value = known({
    'prov:startTime': one.startedAt?.toISOString(),
    'prov:endTime': one.endedAt?.toISOString(),
    'prov:type': one.kind,
    'hart:type': one.type,
  });
  return [[activityId(one), value]];
}

function agent({ kind, id, name, version }: ProvenanceAgent): Member[] {
  const type = kind === 'user' ? 'prov:Person' : 'prov:SoftwareAgent';
  return [[`hart:${kind}.${id}`, known({ 'prov:type': qualified(type), 'prov:label': name, 'hart:version': version })]];
}

function derivation({ id, type, childId, parentId, derivationType }: LineageEdge): Member[] {
  const kinds: Readonly<Record<string, unknown>> = { MERGED_FROM: 'merge', SUPERSEDES: qualified('prov:Revision') };
  const value = known({
    'prov:generatedEntity': atomId(childId),
    'prov:usedEntity': atomId(parentId),
    'prov:type': kinds[type],
    'hart:derivationType': derivationType,
  });
  return [[`_:d${id}`, value]];
}

function used(one: ProvenanceActivity): Member[] {
  return one.inputAtomIds.map((id) => [
    `_:u.${one.kind}.${one.id}.${id}`,
    { 'prov:activity': activityId(one), 'prov:entity': atomId(id) },
  ]);
}

function generated(one: ProvenanceActivity): Member[] {
  return one.outputAtomIds.map((id) => [
    `_:g.${one.kind}.${one.id}.${id}`,
    known({ 'prov:entity': atomId(id), 'prov:activity': activityId(one), 'prov:time': one.endedAt?.toISOString() }),
  ]);
}

function associated(one: ProvenanceActivity): Member[] {
  const agents = [
    ...(one.userId === null ? [] : [`hart:user.${one.userId}`]),
    ...(one.modelVersionId === null ? [] : [`hart:model-version.${one.modelVersionId}`]),
  ];
  return agents.map((id, index) => [
    `_:a.${one.kind}.${one.id}.${index}`,
    { 'prov:activity': activityId(one), 'prov:agent': id },
  ]);
}

function informed(one: ProvenanceActivity): Member[] {
  if (one.inferenceId === null) return [];
  const informant = activityId({ kind: 'inference', id: one.inferenceId });
  return [[`_:i.${one.kind}.${one.id}`, { 'prov:informed': activityId(one), 'prov:informant': informant }]];
}
