import { DeployError } from '../errors.ts';

/** Thrown when there is no API key of a number. */
export class ApiKeyNotFoundError extends DeployError {
  readonly code = 'API_KEY_NOT_FOUND';
  constructor(id: number) {
    super(`There is no API key ${id}.`, 'Take its number from: hartonomous api-key list');
  }
}

/** Thrown when a key is to be made for a tenant that isn't there. */
export class TenantNotFoundError extends DeployError {
  readonly code = 'TENANT_NOT_FOUND';
  override readonly kind = 'usage';
  constructor(tenantId: number) {
    super(`There is no tenant ${tenantId}.`, 'Insert its row into dbo.Tenant first.');
  }
}

/** Thrown when a tenant has no row of an entity; a row of another tenant looks the same as none. */
export class EntityNotFoundError extends DeployError {
  readonly code = 'ENTITY_NOT_FOUND';
  constructor(entityType: string, entityId: bigint) {
    super(`There is no ${entityType} ${entityId}.`, 'Check type and id.');
  }
}

/** Thrown when a request's Idempotency-Key was used for another request. */
export class IngestionKeyTakenError extends DeployError {
  readonly code = 'IDEMPOTENCY_KEY_TAKEN';
  constructor() {
    super('This Idempotency-Key was used for another file within the last day.', 'Use a new key for each file.');
  }
}

/** Thrown when a comparison with the graph is to begin while another one runs, of this process or of another one. */
export class ReconcileRunningError extends DeployError {
  readonly code = 'RECONCILIATION_RUNNING';
  /** The one that runs. */
  readonly id: string;
  constructor(id: string) {
    super(`Reconciliation ${id} runs: /v1/reconciliations/${id}.`, 'Wait for its end, or DELETE it.');
    this.id = id;
  }
}

/** Thrown when a comparison with the graph was taken for abandoned: its process did not report for longer than its lease. */
export class ReconcileRunLostError extends DeployError {
  readonly code = 'RECONCILIATION_LOST';
  constructor(id: string) {
    super(
      `Reconciliation ${id} was taken for abandoned, because this process did not report for longer than its lease.`,
      'What it has enqueued stays enqueued. Start it again.',
    );
  }
}
