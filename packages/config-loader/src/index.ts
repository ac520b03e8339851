export type { AzureOptions } from './azure/azure-options.ts';
export { type AzureSettings, azureSettingsSchema, runbookSecretKeys } from './azure/azure-settings.ts';
export { type AzureHop, inspectAzure } from './azure/inspect-azure.ts';
export { type ManagedIdentityOptions, managedIdentityTokens } from './azure/managed-identity-tokens.ts';
export type { TokenCredential } from './azure/token-credential.ts';
export { bindConfiguration } from './bind.ts';
export { coerceBoolean, coerceNumber } from './coercions.ts';
export { commandLineSource } from './command-line-source.ts';
export {
  Configuration,
  type ConfigurationExplanation,
  type ConfigurationNode,
  type ConfigurationValue,
  showValue,
} from './configuration.ts';
export {
  type ConfigurationEntry,
  type ConfigurationSource,
  keySeparator,
  normalizeKey,
  valuesSource,
} from './configuration-source.ts';
export {
  type ConnectionStringPair,
  formatConnectionStringPairs,
  type PlacedPair,
  parseConnectionStringPairs,
} from './connection-string-grammar.ts';
export { parseDataSource, type SqlServerAddress } from './data-source.ts';
export { chooseEnvironment, describeEnvironment, type EnvironmentChoice } from './environment-choice.ts';
export { type EnvironmentVariables, environmentSource, variableFor } from './environment-source.ts';
export {
  AuthenticationUnavailableError,
  AzureAccessError,
  type AzureConfigurationService,
  AzureIdentityError,
  AzurePackageMissingError,
  AzureUnavailableError,
  ConfigLoaderError,
  ConfigurationError,
  type ConfigurationProblem,
  ConnectionStringError,
  type ConnectionStringProblem,
  IntegratedSecurityUnavailableError,
  type OptionalAzurePackage,
  ProgramFolderError,
  ServerCertificateError,
} from './errors.ts';
export { parseJsonSource, readJsonSource } from './json-source.ts';
export {
  type LoadedConfiguration,
  type LoadOptions,
  loadConfiguration,
  readConfiguration,
} from './load-configuration.ts';
export {
  type MssqlOptionsContext,
  type OdbcPoolOptions,
  type TediousPoolOptions,
  toMssqlOptions,
} from './mssql-options.ts';
export { nearMiss } from './near-miss.ts';
export { programFolder, programVersion } from './program.ts';
export { type ResolveMssqlOptions, resolveMssqlOptions } from './resolve-mssql-options.ts';
export { neo4jConnectionShape, secret, sqlConnectionString } from './schemas.ts';
export { Secret } from './secret.ts';
export { settingsJsonSchema } from './settings-json-schema.ts';
export {
  parseSqlConnectionString,
  type SqlConnectionSettings,
  type SqlEncryption,
  type SqlLogin,
} from './sql-connection-string.ts';
export { type WatchOptions, watchConfiguration } from './watch-configuration.ts';
