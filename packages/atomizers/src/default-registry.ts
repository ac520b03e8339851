import { AtomizerRegistry } from './atomizer-registry.ts';
import { chunkAtomizer } from './chunks/chunk-atomizer.ts';
import { plainTextAtomizer } from './text/plain-text-atomizer.ts';

/** A registry of all atomizers of this package; content-defined chunks take what fits none. */
export function createDefaultRegistry(): AtomizerRegistry {
  return new AtomizerRegistry([plainTextAtomizer], chunkAtomizer);
}
