/** Base of every error that this package throws. */
export abstract class ConfigLoaderError extends Error {
  abstract readonly code: string;
  /** Whether waiting may heal it: only where a service is away; configuration doesn't heal by itself. */
  readonly retryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** One thing that is wrong with a configuration. */
export interface ConfigurationProblem {
  readonly kind: 'missing' | 'invalid' | 'unknown-key' | 'duplicate' | 'syntax' | 'unreadable';
  /** The key, as the schema spells it, sections separated by `:`; absent for a file as a whole. */
  readonly key?: string;
  /** Where the value came from: file and line, or the variable's name. For a missing key: where it was looked for. */
  readonly source: string;
  /** What should have been there. */
  readonly expected: string;
  /** What was there; absent for secrets. */
  readonly received?: string;
  /** What to do. */
  readonly hint?: string;
}

/** Thrown when a configuration can't be used. Carries every problem at once, so that one reading is enough. */
export class ConfigurationError extends ConfigLoaderError {
  readonly code = 'CONFIGURATION_INVALID';
  readonly environment: string;
  readonly problems: readonly ConfigurationProblem[];
  /** @param note ends the message: why this environment was chosen */
  constructor(environment: string, problems: readonly ConfigurationProblem[], note?: string) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(
      `The configuration has ${count} (environment ${environment}):\n${problems.map((problem) => `  - ${describeProblem(problem)}`).join('\n')}${note === undefined ? '' : `\n${note}`}`,
    );
    this.environment = environment;
    this.problems = problems;
  }
}

function describeProblem(problem: ConfigurationProblem): string {
  const { kind, key, source, expected, received, hint } = problem;
  const what =
    kind === 'missing'
      ? `${key} is missing: expected ${expected}; looked in ${source}`
      : `${key === undefined ? source : `${key} (${source})`}: expected ${expected}${received === undefined ? '' : `, got ${received}`}`;
  return hint === undefined ? what : `${what}. ${hint}`;
}

/** One thing that is wrong with a connection string. Never contains a value that may be a secret. */
export interface ConnectionStringProblem {
  /** The keyword as written; absent where the text isn't a list of pairs. */
  readonly keyword?: string;
  /** What is wrong and what should be there. */
  readonly message: string;
}

/** Thrown when an ADO.NET connection string can't be understood. Carries every problem at once. */
export class ConnectionStringError extends ConfigLoaderError {
  readonly code = 'CONNECTION_STRING_INVALID';
  readonly problems: readonly ConnectionStringProblem[];
  constructor(problems: readonly ConnectionStringProblem[]) {
    super(`The connection string can't be used: ${problems.map((problem) => problem.message).join('; ')}.`);
    this.problems = problems;
  }
}

/** Thrown when a connection string asks for Windows authentication and there is no driver for it. */
export class IntegratedSecurityUnavailableError extends ConfigLoaderError {
  readonly code = 'INTEGRATED_SECURITY_UNAVAILABLE';
  constructor(server: string) {
    super(
      `The connection string for ${server} says Integrated Security=True, which needs the optional package msnodesqlv8 ` +
        "(and Microsoft's ODBC driver 18) on this machine, and it isn't installed. Either install it " +
        '(npm install msnodesqlv8), or use a SQL login: replace Integrated Security=True by User Id=...;Password=...',
    );
  }
}

/** Thrown when a connection string asks for a kind of Microsoft Entra authentication that can't be served here. */
export class AuthenticationUnavailableError extends ConfigLoaderError {
  readonly code = 'AUTHENTICATION_UNAVAILABLE';
  readonly method: string;
  /** @param why completes a sentence about the connection string, and states what to do instead */
  constructor(
    server: string,
    method: string,
    why = 'which needs a token credential and none was given: use a SQL login (User Id=...;Password=...)',
  ) {
    super(`The connection string for ${server} says Authentication=${method}, ${why}.`);
    this.method = method;
  }
}

/** Thrown when a connection string names the one certificate to accept, and there is none in that file. */
export class ServerCertificateError extends ConfigLoaderError {
  readonly code = 'SERVER_CERTIFICATE_UNREADABLE';
  readonly path: string;
  constructor(server: string, path: string, why: string, cause?: unknown) {
    super(
      `The connection string for ${server} says Server Certificate=${path}, and that can't be used: ${why}. It is the ` +
        "server's own certificate, PEM or DER. Leave it out to go by the certificates that this machine trusts.",
      { cause },
    );
    this.path = path;
  }
}

/** Packages that are needed where Azure is used, and not installed with this one. */
export type OptionalAzurePackage =
  | '@azure/app-configuration'
  | '@azure/identity'
  | '@azure/keyvault-secrets'
  | '@azure/logger';

/** What a setting has to ask for before a package is needed. */
const usesOfAzure: Readonly<Record<OptionalAzurePackage, string>> = {
  '@azure/app-configuration': 'App Configuration (AzureAppConfiguration:Enabled)',
  '@azure/identity': 'a Microsoft Entra identity (App Configuration, Key Vault, Authentication=Active Directory ...)',
  '@azure/keyvault-secrets': 'Key Vault (KeyVault:Enabled, or a reference to a secret in App Configuration)',
  '@azure/logger': 'the credential trace (AZURE_IDENTITY_TRACE)',
};

/** Thrown when a setting asks for Azure and a package for it isn't installed. */
export class AzurePackageMissingError extends ConfigLoaderError {
  readonly code = 'AZURE_PACKAGE_MISSING';
  readonly packageName: OptionalAzurePackage;
  constructor(packageName: OptionalAzurePackage, cause?: unknown) {
    super(
      `The configuration asks for ${usesOfAzure[packageName]}, which needs the optional package ${packageName}, and it or a part of it ` +
        `isn't installed. Install it beside @hartonomous/config-loader (npm install ${packageName}), or leave that setting out.`,
      { cause },
    );
    this.packageName = packageName;
  }
}

/** The Azure services that configuration comes from. */
export type AzureConfigurationService = 'App Configuration' | 'Key Vault';

/** Thrown when App Configuration or Key Vault doesn't answer, or answers with a fault of its own. */
export class AzureUnavailableError extends ConfigLoaderError {
  readonly code = 'AZURE_UNAVAILABLE';
  override readonly retryable = true;
  readonly service: AzureConfigurationService;
  readonly address: string;
  constructor(service: AzureConfigurationService, address: string, why: string, cause: unknown) {
    super(
      `${service} at ${address} can't be used: ${why}. Check whether this machine reaches it (outbound HTTPS, proxy, DNS), ` +
        'and whether the address in the appsettings file is right. Azure:LastGoodCache bridges outages at start.',
      { cause },
    );
    this.service = service;
    this.address = address;
  }
}

/** Thrown when no identity gives a token: the agent is away, or nobody is logged in. */
export class AzureIdentityError extends ConfigLoaderError {
  readonly code = 'AZURE_IDENTITY_UNAVAILABLE';
  override readonly retryable = true;
  readonly service: AzureConfigurationService;
  constructor(service: AzureConfigurationService, why: string, useManagedIdentity: boolean, cause: unknown) {
    const advice = useManagedIdentity
      ? 'Azure:UseManagedIdentity is True, so the identity of this machine is used: check whether the Azure Arc agent runs ' +
        '(azcmagent show), and whether this account may read its key files (group himds on Linux, Hybrid Agent Extension ' +
        'Applications on Windows)'
      : 'Log in (az login), or set Azure:UseManagedIdentity to True on a machine that has a managed identity';
    super(`There is no token for ${service}: ${why}. ${advice}. AZURE_IDENTITY_TRACE=true shows each step.`, { cause });
    this.service = service;
  }
}

/** Thrown when the identity is known and may not read. */
export class AzureAccessError extends ConfigLoaderError {
  readonly code = 'AZURE_ACCESS_DENIED';
  readonly service: AzureConfigurationService;
  readonly address: string;
  constructor(service: AzureConfigurationService, address: string, why: string, cause: unknown) {
    const role = service === 'Key Vault' ? 'Key Vault Secrets User (get and list)' : 'App Configuration Data Reader';
    super(
      `${service} at ${address} refuses this identity: ${why}. Give the identity the role ${role}; a new role may take ` +
        'some minutes to work.',
      { cause },
    );
    this.service = service;
    this.address = address;
  }
}

/** Thrown when the folder of a program can't be found: its package.json was left behind when its files were copied. */
export class ProgramFolderError extends ConfigLoaderError {
  readonly code = 'PROGRAM_FOLDER_NOT_FOUND';
  constructor(moduleUrl: string) {
    super(
      `There is no package.json beside ${moduleUrl} or in a folder above it. Copy the program's folder whole: its appsettings.json is looked for beside that file.`,
    );
  }
}
