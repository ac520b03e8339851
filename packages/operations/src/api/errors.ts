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

/** Thrown when a tenant has no row of an entity; a row of another tenant is told apart from none by nothing. */
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
