import type { AnyEntity } from './define-entity.ts';
import { atom } from './entities/atom.ts';
import { atomProvenance } from './entities/atom-provenance.ts';
import { decision } from './entities/decision.ts';
import { generationStream } from './entities/generation-stream.ts';
import { inference } from './entities/inference.ts';
import { model } from './entities/model.ts';
import { modelVersion } from './entities/model-version.ts';
import { operation } from './entities/operation.ts';
import { tenant } from './entities/tenant.ts';
import { user } from './entities/user.ts';

const declared = {
  Tenant: tenant,
  User: user,
  Model: model,
  ModelVersion: modelVersion,
  Atom: atom,
  AtomProvenance: atomProvenance,
  Operation: operation,
  Inference: inference,
  Decision: decision,
  GenerationStream: generationStream,
} as const;

/** The `EntityType` values that a message may carry. */
export type EntityType = keyof typeof declared;

/** Every entity, each after those that it refers to. */
export const entities: readonly AnyEntity[] = Object.values(declared);

/** Whether a text names an entity type; case counts, as it does in the procedures. */
export function isEntityType(name: string): name is EntityType {
  return Object.hasOwn(declared, name);
}

/** The entity of that type. */
export function entityOf(name: EntityType): AnyEntity {
  return declared[name];
}

/** Names of all entity types, in the order of {@link entities}. */
export const entityTypes: readonly EntityType[] = Object.keys(declared).filter(isEntityType);
