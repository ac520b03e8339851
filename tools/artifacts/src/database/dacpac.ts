import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildMissingError } from '../errors.ts';
import { runCommand } from '../run-command.ts';

const project = 'packages/provenance-schema/database/Hartonomous.Database.sqlproj';
const dacpac = 'packages/provenance-schema/database/bin/Release/Hartonomous.Database.dacpac';

/**
 * Builds the DACPAC with the .NET SDK, warnings as errors. The first build restores Microsoft.Build.Sql from NuGet.
 *
 * @returns its path
 * @throws CommandFailedError with what the compiler says
 * @throws BuildMissingError when the build left no file
 */
export async function buildDacpac(root: string, signal?: AbortSignal): Promise<string> {
  const args = ['build', join(root, project), '--configuration', 'Release', '-p:TreatTSqlWarningsAsErrors=True'];
  await runCommand('dotnet', args, { cwd: root, ...(signal === undefined ? {} : { signal }) });
  const file = join(root, dacpac);
  try {
    await access(file);
  } catch (cause) {
    throw new BuildMissingError(file, { cause });
  }
  return file;
}

/** The profile that a publish of the DACPAC uses. */
export function publishProfile(root: string): string {
  return join(root, 'packages/provenance-schema/database/Hartonomous.publish.xml');
}
