import {
  atom,
  atomProvenance,
  type GraphRecord,
  inference,
  modelVersion,
  tenant,
  toGraphRecord,
} from '@hartonomous/provenance-schema';

const createdAt = new Date('2026-01-02T03:04:05.678Z');

/** A row of dbo.Tenant as a graph record. */
export function tenantRecord(tenantId: number, name = `tenant ${tenantId}`): GraphRecord {
  return toGraphRecord(tenant, { TenantId: tenantId, Name: name, CreatedAt: createdAt });
}

/** A row of dbo.Atom as a graph record. */
export function atomRecord(id: number | bigint, text: string | null = null, tenantId = 0): GraphRecord {
  return toGraphRecord(atom, {
    AtomId: String(id),
    TenantId: tenantId,
    AtomType: 'text',
    ContentType: 'text/plain',
    ContentHash: new Uint8Array([0xde, 0xad]),
    CanonicalText: text,
    Metadata: null,
    CreatedAt: createdAt,
    Classification: null,
    Embedding: null,
  });
}

/** A row of dbo.AtomProvenance as a graph record. */
export function edgeRecord(
  id: number | bigint,
  child: number | bigint,
  parent: number | bigint,
  type: 'DERIVED_FROM' | 'MERGED_FROM' = 'DERIVED_FROM',
): GraphRecord {
  return toGraphRecord(atomProvenance, {
    AtomProvenanceId: String(id),
    TenantId: 0,
    ChildAtomId: String(child),
    ParentAtomId: String(parent),
    RelationType: type,
    DerivationType: null,
    SequenceNumber: null,
    CreatedAt: createdAt,
    StartOffset: null,
    EndOffset: null,
  });
}

/** A row of dbo.ModelVersion as a graph record. */
export function versionRecord(id: number | bigint, version: string, modelId = 1, tenantId = 0): GraphRecord {
  return toGraphRecord(modelVersion, {
    ModelVersionId: String(id),
    TenantId: tenantId,
    ModelId: String(modelId),
    Version: version,
    ParameterCount: null,
    CreatedAt: createdAt,
  });
}

/** A row of dbo.Inference as a graph record; what isn't given is NULL. */
export function inferenceRecord(id: number | bigint, given: Readonly<Record<string, unknown>> = {}): GraphRecord {
  return toGraphRecord(inference, {
    InferenceId: String(id),
    TenantId: 0,
    TaskType: 'answer',
    ReasoningMode: null,
    ContextDomain: null,
    ModelVersionId: null,
    UserId: null,
    InputAtomId: null,
    OutputAtomId: null,
    DurationMs: null,
    InferredAt: createdAt,
    ...given,
  });
}
