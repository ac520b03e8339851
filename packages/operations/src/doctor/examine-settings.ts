import type { Configuration, SqlLogin } from '@hartonomous/config-loader';
import { type Finding, fine, warning } from './finding.ts';

const azureKinds: ReadonlySet<string> = new Set(['app-configuration', 'key-vault']);

/** Where the settings come from, and who logs in. A managed identity is known to work where Azure gave settings by it. */
export function settingsFindings(
  { environment, sources, warnings }: Configuration,
  login: SqlLogin | undefined,
): Finding[] {
  const azure = sources.filter(({ kind }) => azureKinds.has(kind));
  return [
    fine('settings.valid', `The settings are valid (environment ${environment}).`),
    ...azure.map(({ name, entries }) => fine('settings.azure', `${name} was read: ${entries.length} settings.`)),
    ...(azure.length === 0 ? [fine('settings.azure', 'No settings are taken from Azure.')] : []),
    ...(login === undefined ? [] : [fine('settings.login', `SQL Server is given ${loginName(login)}.`)]),
    ...warnings.map((text) => warning('settings.warning', `${text}.`)),
  ];
}

function loginName(login: SqlLogin): string {
  switch (login.kind) {
    case 'sql':
      return `the SQL login ${login.user}`;
    case 'integrated':
      return 'the account that this program runs as';
    case 'entra':
      return `a Microsoft Entra login (${login.method})`;
  }
}
