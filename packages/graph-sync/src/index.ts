export { connectNeo4j, type GraphConnection } from './connect.ts';
export {
  type DeployEvent,
  type DeployGraphSchemaOptions,
  type DeployStep,
  deployGraphSchema,
  deploySteps,
} from './deploy-schema.ts';
export type { EntityChanges, EntityKey } from './entity-changes.ts';
export {
  GraphAuthError,
  GraphDatabaseNotFoundError,
  GraphStatementError,
  GraphSyncError,
  type GraphSyncErrorCode,
  GraphTransientError,
  GraphUnavailableError,
  InvalidGraphOptionsError,
} from './errors.ts';
export { type ApplyResult, createGraphWriter, type EntityOutcome, type GraphWriter } from './graph-writer.ts';
export type { GraphConnectionOptions, GraphWriterOptions } from './options.ts';
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
  CHECKSUM_MODULUS,
  CHECKSUM_NULL,
  CHECKSUM_WEIGHTS,
  type ChecksumField,
  type ChecksumKind,
  checksumFields,
} from './reconcile-fields.ts';
export { backupGraphSchema } from './schema-backup.ts';
export { translateError } from './translate-error.ts';
export {
  type ItemCount,
  type ItemReport,
  type ItemState,
  type SchemaReport,
  verifyGraphSchema,
} from './verify-schema.ts';
