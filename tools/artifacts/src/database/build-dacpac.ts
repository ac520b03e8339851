// pnpm dacpac: builds Hartonomous.Database.dacpac; needs the .NET SDK.
import { fileURLToPath } from 'node:url';
import { ArtifactError } from '../errors.ts';
import { buildDacpac } from './dacpac.ts';

try {
  process.stdout.write(`${await buildDacpac(fileURLToPath(new URL('../../../../', import.meta.url)))}\n`);
} catch (error) {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (!isMissing && !(error instanceof ArtifactError)) throw error;
  process.stderr.write(
    isMissing
      ? 'DOTNET_MISSING: dotnet was not found: install the .NET SDK 8 or newer.\n'
      : `${error.code}: ${error.message}\n`,
  );
  process.exitCode = 1;
}
