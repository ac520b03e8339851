import { atomVectors } from './atom-vectors.ts';
import { type GraphMigration, graphMigrations } from './graph-migration.ts';
import { atomTextIndex, type GraphSearchIndex } from './graph-search-index.ts';
import { contextDomains, dataClassifications, reasoningModes } from './reference-values.ts';

/** Editions of Neo4j that have a schema item. */
export type GraphEdition = 'any' | 'enterprise';

/** A constraint of the graph; `unique` over all properties together. */
export interface GraphConstraint {
  readonly name: string;
  readonly kind: 'unique' | 'exists';
  readonly label: string;
  readonly properties: readonly string[];
  readonly edition: GraphEdition;
  /** What keeps the rule where the edition lacks the constraint; `null` when every edition has it. */
  readonly otherwise: string | null;
}

/** A range index on a node label or a relationship type. */
export interface GraphIndex {
  readonly name: string;
  readonly on: 'node' | 'relationship';
  /** Label or relationship type. */
  readonly of: string;
  readonly properties: readonly string[];
}

/** A node that every graph has. */
export interface ReferenceNode {
  readonly label: string;
  readonly key: { readonly property: string; readonly value: string };
  readonly properties: Readonly<Record<string, bigint | string>>;
}

/** Constraints, indexes and reference nodes, as the operators' runbook counts them (R5). */
export interface GraphSchema {
  readonly constraints: readonly GraphConstraint[];
  readonly indexes: readonly GraphIndex[];
  readonly referenceNodes: readonly ReferenceNode[];
  /** Counted apart, so that the runbook's figures stay true. */
  readonly searchIndexes: readonly GraphSearchIndex[];
  /** Changes of graphs that older versions of the schema have made, oldest first. */
  readonly migrations: readonly GraphMigration[];
  /** What the sync itself needs; counted apart, so that the runbook's figures stay true. */
  readonly supporting: { readonly constraints: readonly GraphConstraint[]; readonly indexes: readonly GraphIndex[] };
}

function unique(name: string, label: string, ...properties: string[]): GraphConstraint {
  return { name, kind: 'unique', label, properties, edition: 'any', otherwise: null };
}

function index(name: string, of: string, property: string): GraphIndex {
  return { name, on: 'node', of, properties: [property] };
}

function relationshipIndex(name: string, of: string, property: string): GraphIndex {
  return { name, on: 'relationship', of, properties: [property] };
}

function nodes(label: string, property: string, values: readonly string[]): ReferenceNode[] {
  return values.map((value) => ({ label, key: { property, value }, properties: {} }));
}

function dataClassification(level: string, sensitivity: bigint): ReferenceNode {
  return { label: 'DataClassification', key: { property: 'level', value: level }, properties: { sensitivity } };
}

/** The graph schema. Names are the operators' and must not change: they are how a deployed item is found again. */
export const graphSchema: GraphSchema = {
  constraints: [
    unique('atom_unique', 'Atom', 'id', 'tenantId'),
    {
      name: 'atom_id_exists',
      kind: 'exists',
      label: 'Atom',
      properties: ['id'],
      edition: 'enterprise',
      otherwise: 'the sync, which finds every Atom by its id; in SQL the id is the primary key of dbo.Atom',
    },
    unique('tenant_id_unique', 'Tenant', 'tenantId'),
    unique('user_id_unique', 'User', 'userId', 'tenantId'),
    unique('model_id_unique', 'Model', 'modelId'),
    unique('model_version_unique', 'ModelVersion', 'modelId', 'version'),
    unique('inference_id_unique', 'Inference', 'inferenceId'),
    unique('operation_id_unique', 'Operation', 'operationId'),
    unique('generation_stream_unique', 'GenerationStream', 'streamId'),
  ],
  indexes: [
    index('atom_created', 'Atom', 'createdAt'),
    index('atom_tenant', 'Atom', 'tenantId'),
    index('atom_type', 'Atom', 'atomType'),
    index('atom_hash', 'Atom', 'contentHash'),
    index('operation_created', 'Operation', 'createdAt'),
    index('operation_type', 'Operation', 'operationType'),
    index('operation_tenant', 'Operation', 'tenantId'),
    index('inference_timestamp', 'Inference', 'timestamp'),
    index('inference_task', 'Inference', 'taskType'),
    index('inference_tenant', 'Inference', 'tenantId'),
    index('model_name', 'Model', 'name'),
    index('user_tenant', 'User', 'tenantId'),
    index('decision_confidence', 'Decision', 'confidence'),
  ],
  referenceNodes: [
    ...nodes('ReasoningMode', 'type', reasoningModes),
    ...nodes('Context', 'domain', contextDomains),
    ...dataClassifications.map((level, sensitivity) => dataClassification(level, BigInt(sensitivity))),
  ],
  searchIndexes: [atomTextIndex],
  migrations: graphMigrations,
  supporting: {
    constraints: [
      // A tombstone is looked up by its key before every write of an entity.
      unique('sync_tombstone_key_unique', 'SyncTombstone', 'key'),
      // Nodes that the runbook gives no constraint on the key that the sync finds them by.
      unique('model_version_id_unique', 'ModelVersion', 'modelVersionId'),
      unique('decision_id_unique', 'Decision', 'decisionId'),
      // The other ends of edges to reference nodes.
      unique('reasoning_mode_type_unique', 'ReasoningMode', 'type'),
      unique('context_domain_unique', 'Context', 'domain'),
      unique('data_classification_level_unique', 'DataClassification', 'level'),
      unique('embedding_model_key_unique', atomVectors.model.label, atomVectors.model.key),
    ],
    // An edge row that is gone is found by its id alone; without an index that is a scan of all edges.
    indexes: [
      relationshipIndex('derived_from_id', 'DERIVED_FROM', 'id'),
      relationshipIndex('merged_from_id', 'MERGED_FROM', 'id'),
      relationshipIndex('supersedes_id', 'SUPERSEDES', 'id'),
      // Each batch asks first whether a later one has deleted anything.
      index('sync_tombstone_sequence', 'SyncTombstone', 'syncSequence'),
    ],
  },
};
