import { programFolder, programVersion } from '@hartonomous/config-loader';

/** `hartonomous` and its version, as records of what it did name it. */
export function nameAndVersion(): string {
  return `hartonomous ${programVersion(programFolder(import.meta.url))}`;
}
