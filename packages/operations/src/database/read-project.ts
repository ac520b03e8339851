import { readFile } from 'node:fs/promises';
import {
  type DatabaseMigration,
  type DatabaseObject,
  type DatabaseProject,
  migrationTextHash,
} from '@hartonomous/provenance-schema';
import { ProjectFileError } from '../errors.ts';
import { declaredFacts } from './declared-facts.ts';
import type { Facts } from './facts.ts';
import { type SqlBatch, splitBatches } from './split-batches.ts';

/** An object of the project with the text of its file. */
export interface ProjectObject {
  readonly object: DatabaseObject;
  readonly batches: readonly SqlBatch[];
  readonly facts: Facts;
}

/** A script of the project. */
interface ProjectScript {
  readonly path: string;
  readonly batches: readonly SqlBatch[];
}

/** A migration of the project with its script. */
export interface ProjectMigration extends DatabaseMigration, ProjectScript {
  /** As {@link migrationTextHash} makes it. */
  readonly hash: string;
}

/** A SQL project with the contents of its files, taken apart. */
export interface LoadedProject {
  readonly objects: readonly ProjectObject[];
  readonly migrations: readonly ProjectMigration[];
  readonly postDeployment: readonly ProjectScript[];
}

/**
 * Reads all files of a SQL project.
 *
 * @throws ProjectFileError for a file that can't be read
 * @throws SqlScriptError for one that isn't understood
 */
export async function readProject(project: DatabaseProject): Promise<LoadedProject> {
  const script = async (path: string): Promise<ProjectScript> => ({
    path,
    batches: splitBatches(await readText(new URL(path, project.root), path), path),
  });
  const objects = project.objects.map(async (object): Promise<ProjectObject> => {
    const { batches } = await script(object.path);
    return { object, batches, facts: declaredFacts(object, batches[0]?.text ?? '') };
  });
  const migrations = project.migrations.map(async (migration): Promise<ProjectMigration> => {
    const text = await readText(new URL(migration.path, project.root), migration.path);
    return { ...migration, batches: splitBatches(text, migration.path), hash: migrationTextHash(text) };
  });
  return {
    migrations: await Promise.all(migrations),
    objects: await Promise.all(objects),
    postDeployment: await Promise.all(project.postDeployment.map(script)),
  };
}

async function readText(file: URL, path: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ProjectFileError(path, error);
  }
}
