export { connectNeo4j, type GraphConnection } from './connect.ts';
export type { EntityChanges, EntityKey } from './entity-changes.ts';
export {
  AtomNotFoundError,
  GraphAuthError,
  GraphDatabaseNotFoundError,
  GraphStatementError,
  GraphSyncError,
  type GraphSyncErrorCode,
  type GraphTimeoutDetails,
  GraphTimeoutError,
  GraphTransientError,
  GraphUnavailableError,
  InvalidGraphOptionsError,
  LineageTimeoutError,
  type MeasuredWait,
  NodeNotFoundError,
  SequencePassedError,
  UnexpectedGraphDataError,
  UnknownLabelError,
} from './errors.ts';
export {
  createProvenanceExport,
  type ProvenanceActivity,
  type ProvenanceAgent,
  type ProvenanceExport,
} from './export/provenance-export.ts';
export { type ApplyResult, createGraphWriter, type EntityOutcome, type GraphWriter } from './graph-writer.ts';
export type { AncestryQuery, AtomPage } from './lineage/ancestry.ts';
export type { AtomAtDepth, AtomSummary, LineageEdge } from './lineage/atom-summary.ts';
export type { CyclePage, CyclesQuery, LineageCycle } from './lineage/cycles.ts';
export type { AffectedAtom, DeletionImpact, DeletionImpactQuery } from './lineage/deletion-impact.ts';
export type { DuplicateGroup, DuplicatesOfQuery, DuplicatesQuery } from './lineage/duplicates.ts';
export type { InferenceExplanation, InferenceQuery } from './lineage/inference.ts';
export {
  type AtomQuery,
  type DepthOption,
  defaultDepth,
  defaultLimit,
  maxDepth,
  maxLimit,
  type Page,
  type PageOptions,
  type TenantQuery,
} from './lineage/lineage-options.ts';
export { createLineageReader, type LineageReader } from './lineage/lineage-reader.ts';
export type { AtomsQuery } from './lineage/list-atoms.ts';
export type { MergeSource, MergeSourcesQuery } from './lineage/merge-sources.ts';
export type { OperationBehind, OperationPage, OperationsQuery } from './lineage/operations.ts';
export { type OrphanKind, type OrphansQuery, orphanKinds } from './lineage/orphans.ts';
export type { LineagePath, PathQuery } from './lineage/path.ts';
export type { LineageStatistics } from './lineage/statistics.ts';
export type { LineageTree, TreeCut, TreeQuery } from './lineage/tree.ts';
export type { LineageDirection } from './lineage/walk.ts';
export {
  createGraphNavigator,
  type GraphNavigator,
  type GraphNode,
  type Neighbour,
  type NeighbourGroup,
  type NeighboursQuery,
  type NodeQuery,
} from './navigation/graph-navigator.ts';
export { navigableLabels } from './navigation/graph-shape.ts';
export type { PropertyValue, PropertyValues } from './navigation/property-value.ts';
export type { NodeVectors } from './node-vectors.ts';
export type { GraphConnectionOptions, GraphWriterOptions, ReaderOptions } from './options.ts';
export { pingGraph } from './ping-graph.ts';
export { type GraphAccess, probeGraphAccess } from './probe-access.ts';
export { readGreatestSequence } from './read-greatest-sequence.ts';
export {
  type GraphDrift,
  type IdRange,
  type RangeReport,
  type RangeSummary,
  type ReconcileOptions,
  type ReconcileSource,
  reconcileEntity,
} from './reconcile.ts';
export {
  type ChecksumField,
  checksumFields,
  checksumLargestFloat,
  checksumModulus,
  checksumNull,
  checksumWeights,
} from './reconcile-fields.ts';
export {
  type ComparedVector,
  reconcileVectors,
  type VectorDrift,
  type VectorRangeReport,
  type VectorSource,
  type VectorSummary,
  vectorChecksum,
} from './reconcile-vectors.ts';
export { type RunStatementOptions, runStatement, type StatementAnswer } from './run-statement.ts';
export {
  type ApplyMigrationsOptions,
  applyMigrations,
  type MigrationProgress,
} from './schema/apply-migrations.ts';
export type { CreationCount, ItemCreation } from './schema/create-items.ts';
export {
  type DeployEvent,
  type DeployGraphSchemaOptions,
  type DeployStep,
  deployGraphSchema,
  deploySteps,
  type SchemaDeployment,
} from './schema/deploy-schema.ts';
export { type LegacyEmbeddings, readLegacyEmbeddings, removeLegacyEmbeddings } from './schema/legacy-embeddings.ts';
export {
  type MigrationRecord,
  type MigrationReport,
  migrationChecksum,
  readMigrations,
} from './schema/migration-records.ts';
export { missingConstraints } from './schema/missing-constraints.ts';
export { backupGraphSchema } from './schema/schema-backup.ts';
export {
  MigrationChangedError,
  MigrationFailedError,
  SchemaItemRefusedError,
  UnknownCreateStatementError,
} from './schema/schema-errors.ts';
export type { ItemCount, ItemReport, ItemState, SchemaReport, UndeclaredItem } from './schema/schema-report.ts';
export {
  compareVectorIndexes,
  createVectorIndexes,
  dropVectorIndex,
  type VectorIndexReport,
} from './schema/vector-indexes.ts';
export { verifyGraphSchema } from './schema/verify-schema.ts';
export { type GraphEmbeddingModel, readEmbeddingModels } from './search/embedding-models.ts';
export { type HybridAtom, hybridAtoms } from './search/hybrid-atoms.ts';
export { type FoundAtom, searchAtoms } from './search/search-atoms.ts';
export { AtomNotEmbeddedError, SearchIndexMissingError, SearchTimeoutError } from './search/search-errors.ts';
export type { HybridAtomsOptions, SearchAtomsOptions, SimilarAtomsOptions } from './search/search-options.ts';
export { similarAtoms } from './search/similar-atoms.ts';
export { translateError } from './translate-error.ts';
