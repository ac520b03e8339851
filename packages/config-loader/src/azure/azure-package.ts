import { AzurePackageMissingError, type OptionalAzurePackage } from '../errors.ts';

/**
 * Imports a package that is needed only where a setting asks for Azure, and so may be absent.
 *
 * @param load the import itself, with the name as a literal: bundlers follow nothing else
 * @throws AzurePackageMissingError when the package, or one that it needs, isn't installed
 */
export async function azurePackage<T>(name: OptionalAzurePackage, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    throw new AzurePackageMissingError(name, cause);
  }
}
