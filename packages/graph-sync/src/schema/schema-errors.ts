import { GraphSyncError } from '../errors.ts';

/** Thrown when Neo4j refuses to create a constraint or index, usually for what the graph holds. */
export class SchemaItemRefusedError extends GraphSyncError {
  readonly code = 'SCHEMA_ITEM_REFUSED';
  readonly retryable = false;
  /** Name of the constraint or index. */
  readonly item: string;

  constructor(item: string, reason: string, cause: unknown) {
    super(
      `${item} can't be created: ${reason}\nWhat was created before it stays. Correct the graph (for a uniqueness ` +
        'constraint: nodes that have the same key), and run the deployment again.',
      { cause },
    );
    this.item = item;
  }
}

/** Thrown when Neo4j describes a constraint or index in a form that a backup can't make repeatable. Nothing was changed. */
export class UnknownCreateStatementError extends GraphSyncError {
  readonly code = 'UNKNOWN_CREATE_STATEMENT';
  readonly retryable = false;
  readonly item: string;

  constructor(item: string, statement: string) {
    super(
      `The backup does not know the form in which this Neo4j describes ${item}: ${statement}\nDeploy without a backup ` +
        '(--skip-backup), and report this.',
    );
    this.item = item;
  }
}

/** Thrown when a migration that the graph has had reads otherwise in this schema. Nothing was changed. */
export class MigrationChangedError extends GraphSyncError {
  readonly code = 'MIGRATION_CHANGED';
  readonly retryable = false;
  readonly versions: readonly string[];

  constructor(versions: readonly string[]) {
    const which = versions.length === 1 ? `Migration ${versions[0]} was` : `Migrations ${versions.join(', ')} were`;
    super(
      `${which} applied to this graph with other statements than this version has, so it is not certain what the graph ` +
        'looks like; nothing was changed. Deploy with the version that applied it (SchemaMigration.appliedBy says which), ' +
        'or, if the graph is as the new statements would leave it, delete its SchemaMigration node: it is then applied anew.',
    );
    this.versions = versions;
  }
}

/** Thrown when a statement of a migration fails; migrations before it are applied and recorded, this one isn't. */
export class MigrationFailedError extends GraphSyncError {
  readonly code = 'MIGRATION_FAILED';
  readonly retryable = false;
  readonly version: string;
  /** Which of its statements, from 1. */
  readonly statement: number;

  constructor(version: string, statement: number, reason: string, cause?: unknown) {
    super(
      `Migration ${version} failed at its statement ${statement}: ${reason}\nMigrations before it stay applied; the next ` +
        'deployment begins this one anew.',
      { cause },
    );
    this.version = version;
    this.statement = statement;
  }
}
