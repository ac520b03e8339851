/**
 * The keywords of Microsoft.Data.SqlClient's connection strings: canonical name with its synonyms, compared without
 * case. `ignored` ones are accepted because operators' files hold them, but mean nothing to a Node driver.
 */
export const sqlKeywords = {
  server: ['Data Source', 'Server', 'Address', 'Addr', 'Network Address'],
  database: ['Initial Catalog', 'Database'],
  user: ['User ID', 'UID', 'User'],
  password: ['Password', 'PWD'],
  integratedSecurity: ['Integrated Security', 'Trusted_Connection'],
  authentication: ['Authentication'],
  encrypt: ['Encrypt'],
  trustServerCertificate: ['Trust Server Certificate', 'TrustServerCertificate'],
  hostNameInCertificate: ['Host Name In Certificate', 'HostNameInCertificate'],
  serverCertificate: ['Server Certificate', 'ServerCertificate'],
  multiSubnetFailover: ['Multi Subnet Failover', 'MultiSubnetFailover'],
  applicationIntent: ['Application Intent', 'ApplicationIntent'],
  connectTimeout: ['Connect Timeout', 'Connection Timeout', 'Timeout', 'ConnectTimeout'],
  commandTimeout: ['Command Timeout'],
  applicationName: ['Application Name', 'App'],
  packetSize: ['Packet Size'],
  workstationId: ['Workstation ID', 'WSID'],
  maxPoolSize: ['Max Pool Size'],
  minPoolSize: ['Min Pool Size'],
  ignored: [
    'Attestation Protocol',
    'Column Encryption Setting',
    'Connect Retry Count',
    'ConnectRetryCount',
    'Connect Retry Interval',
    'ConnectRetryInterval',
    'Connection Lifetime',
    'Load Balance Timeout',
    'Context Connection',
    'Current Language',
    'Language',
    'Enclave Attestation Url',
    'Enlist',
    'Failover Partner',
    'Failover Partner SPN',
    'IP Address Preference',
    'MultipleActiveResultSets',
    'Multiple Active Result Sets',
    'Network Library',
    'Net',
    'Network',
    'Persist Security Info',
    'PersistSecurityInfo',
    'Pool Blocking Period',
    'PoolBlockingPeriod',
    'Pooling',
    'Replication',
    'Server SPN',
    'Transaction Binding',
    'Type System Version',
    'User Instance',
  ],
} as const;

/** Name of a setting in {@link sqlKeywords}. */
export type SqlSetting = keyof typeof sqlKeywords;

const bySynonym: ReadonlyMap<string, SqlSetting> = new Map(
  Object.entries(sqlKeywords).flatMap(([setting, synonyms]) =>
    synonyms.map((synonym): [string, SqlSetting] => [synonym.toLowerCase(), setting as SqlSetting]),
  ),
);

/** The setting that a keyword means; undefined for a keyword that SqlClient doesn't know. */
export function sqlSettingOf(keyword: string): SqlSetting | undefined {
  return bySynonym.get(keyword.toLowerCase());
}
