import {
  type AzureHop,
  type AzureOptions,
  type AzureSettings,
  type EnvironmentVariables,
  inspectAzure,
} from '@hartonomous/config-loader';
import { roleAssignment } from '../azure-commands.ts';
import { type Finding, fine, problem, unseen } from './finding.ts';

const hopNames: Readonly<Record<AzureHop['hop'], string>> = {
  agent: 'The agent of the managed identity',
  host: 'The way to',
  token: 'A token for',
  role: 'The right to read',
  secret: 'The secret behind',
};

/**
 * The way to the settings in Azure, hop by hop (runbook R9: agent, role assignments, outbound HTTPS). Nothing where no setting asks for
 * Azure.
 *
 * @throws what nobody expects; the signal's reason
 */
export async function* azureFindings(
  settings: AzureSettings,
  environment: string,
  env: EnvironmentVariables,
  options: AzureOptions = {},
): AsyncGenerator<Finding> {
  for await (const hop of inspectAzure(settings, environment, env, options)) yield findingOfHop(hop);
}

function findingOfHop(hop: AzureHop): Finding {
  const { target, state, detail } = hop;
  const id = `azure.${hop.hop}.${target}`;
  const message = `${hopNames[hop.hop]} ${target}: ${detail}.`;
  if (state === 'ok') return fine(id, message);
  if (state === 'skipped') return unseen(id, message);
  return problem(id, message, adviceFor(hop));
}

function adviceFor({ hop, target, service = 'Key Vault', detail }: AzureHop): string {
  switch (hop) {
    case 'agent':
      if (detail.includes('key file')) {
        return 'Linux: usermod -a -G himds ACCOUNT, and start the worker again; Windows: add the account to the group "Hybrid agent extension applications".';
      }
      return 'Is the machine connected: azcmagent show. Linux: systemctl restart himdsd; Windows: Restart-Service himds. If it never was: hartonomous config azure-commands';
    case 'host':
      return `From this machine: curl -v https://${target}/ must get any answer; else see name server, proxy and firewall for outbound HTTPS.`;
    case 'token':
      return 'See the agent above. AZURE_CLIENT_ID must not be set on an Arc server; AZURE_IDENTITY_TRACE=true shows each step.';
    case 'role':
      return `A new role takes some minutes to work: ${roleAssignment(service, target.split('.')[0] ?? 'NAME')}`;
    case 'secret':
      return 'hartonomous config azure-commands has the command that sets it; a disabled one: az keyvault secret set-attributes --enabled true --vault-name NAME --name SECRET';
  }
}
