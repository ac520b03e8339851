import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '@hartonomous/test-support';
import { artifactNames } from '../src/artifact-list.ts';
import { type BuiltArtifact, buildArtifacts } from '../src/build-artifacts.ts';

/** The commit that they name. */
export const commit = { id: '0123456789abcdef0123456789abcdef01234567', seconds: 1_767_225_600 } as const;

/** Artifacts in a folder that has nothing else in it, nor any folder above it. */
export interface BuiltArtifacts extends AsyncDisposable {
  readonly out: string;
  readonly artifacts: ReadonlyMap<string, BuiltArtifact>;
  folder(name: string): string;
}

/** Makes all artifacts of what `pnpm build` made. */
export async function buildAll(archives: boolean): Promise<BuiltArtifacts> {
  const out = await mkdtemp(join(tmpdir(), 'artifacts-'));
  const built = await buildArtifacts({ root: repositoryRoot, out, commit, names: artifactNames, archives });
  return {
    out,
    artifacts: new Map(built.map((one) => [one.name, one])),
    folder: (name) => join(out, name),
    [Symbol.asyncDispose]: () => rm(out, { recursive: true }),
  };
}
