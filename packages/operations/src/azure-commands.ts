import type { AzureSettings } from '@hartonomous/config-loader';
import { shellWord } from './shell-word.ts';

/** A command of Microsoft's `az`, with what it is for. */
export interface AzureCommand {
  readonly purpose: string;
  readonly command: string;
}

/** What a person has to put in: nothing in the settings says it. */
const placeholders = {
  group: 'RESOURCE_GROUP',
  location: 'LOCATION',
  machine: 'MACHINE',
} as const;

const roles = { 'App Configuration': 'App Configuration Data Reader', 'Key Vault': 'Key Vault Secrets User' } as const;

/** The identity of an Arc server, asked of Azure. */
function principalOf(machine: string): string {
  return `"$(az connectedmachine show --name ${machine} --resource-group ${placeholders.group} --query identity.principalId --output tsv)"`;
}

/**
 * Gives the identity of a machine the role that it reads a service by.
 *
 * @param machine name of the Arc server in Azure
 */
export function roleAssignment(
  service: keyof typeof roles,
  name: string,
  machine: string = placeholders.machine,
): string {
  const show = service === 'Key Vault' ? 'keyvault' : 'appconfig';
  return (
    `az role assignment create --assignee-principal-type ServicePrincipal --assignee-object-id ${principalOf(machine)} ` +
    `--role "${roles[service]}" --scope "$(az ${show} show --name ${name} --query id --output tsv)"`
  );
}

/** The name of a resource: the first label of its host. Anything but letters, digits and hyphens can't be such a name. */
function resourceName(address: string): string {
  const [name = ''] = new URL(address).hostname.split('.');
  return /^[0-9A-Za-z-]+$/.test(name) ? name : 'NAME';
}

/**
 * The commands that make in Azure what these settings need: store and vault, the machine's identity and its roles, the settings in
 * them. Values of secrets are never part of it: they are read from files. Words in capitals are to be replaced.
 *
 * @param environment label of the settings in App Configuration
 * @param secrets names of the secrets, with the setting that each holds
 */
export function azureCommands(
  { AzureAppConfiguration, KeyVault }: AzureSettings,
  environment: string,
  secrets: Readonly<Record<string, string>>,
): readonly AzureCommand[] {
  const { group, location, machine } = placeholders;
  const commands: AzureCommand[] = [
    { purpose: 'The group that everything is in', command: `az group create --name ${group} --location ${location}` },
    {
      purpose: 'This machine gets an identity (run on it, as root or administrator)',
      command: `azcmagent connect --resource-group ${group} --location ${location} --tenant-id TENANT --subscription-id SUBSCRIPTION`,
    },
  ];
  const vault =
    KeyVault.VaultUri === undefined || KeyVault.VaultUri === '' ? undefined : resourceName(KeyVault.VaultUri);
  if (vault !== undefined) {
    commands.push(
      {
        purpose: 'The vault for secrets',
        command: `az keyvault create --name ${vault} --resource-group ${group} --location ${location} --enable-rbac-authorization true`,
      },
      { purpose: 'The machine may read secrets', command: roleAssignment('Key Vault', vault, machine) },
      ...Object.entries(secrets).map(([name, setting]) => ({
        purpose: `${setting}; the file holds the value and nothing else, and is deleted afterwards`,
        command: `az keyvault secret set --vault-name ${vault} --name ${shellWord(name)} --file ${shellWord(`${name}.txt`)} --encoding utf-8 --output none`,
      })),
    );
  }
  const { Endpoint, Label, KeyPrefix } = AzureAppConfiguration;
  const store = Endpoint === undefined || Endpoint === '' ? undefined : resourceName(Endpoint);
  if (store === undefined) return commands;
  const label = Label ?? environment;
  commands.push(
    {
      purpose: 'The store for settings',
      command: `az appconfig create --name ${store} --resource-group ${group} --location ${location} --sku Standard`,
    },
    { purpose: 'The machine may read settings', command: roleAssignment('App Configuration', store, machine) },
    {
      purpose: 'Where the graph is',
      command: `az appconfig kv set --name ${store} --key ${shellWord(`${KeyPrefix}Neo4j:Uri`)} --label ${shellWord(label)} --value bolt://HOST:7687 --auth-mode login --yes`,
    },
  );
  if (vault !== undefined && KeyVault.VaultUri !== undefined) {
    const { origin } = new URL(KeyVault.VaultUri);
    for (const [name, setting] of Object.entries(secrets)) {
      if (!setting.startsWith('Neo4j:')) continue;
      commands.push({
        purpose: `${setting} is in the vault`,
        command: `az appconfig kv set-keyvault --name ${store} --key ${shellWord(`${KeyPrefix}${setting}`)} --label ${shellWord(label)} --secret-identifier ${shellWord(`${origin}/secrets/${name}`)} --auth-mode login --yes`,
      });
    }
  }
  return commands;
}
