// One identity scenario: the SDK fixes source and token cache once per process, so each scenario is a process.
import { AppConfigurationClient } from '@azure/app-configuration';
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';

const [kind = '', vaultUri = '', endpoint = ''] = process.argv.slice(2);
const credential =
  kind === 'default'
    ? new DefaultAzureCredential()
    : new ManagedIdentityCredential({ retryOptions: { maxRetries: 0 } });

async function outcome(action: () => Promise<unknown>): Promise<unknown> {
  try {
    return await action();
  } catch (error) {
    const { name, message } = error as Error;
    return { error: name, message };
  }
}

const result = {
  token: await outcome(async () => {
    const { expiresOnTimestamp } = await credential.getToken('https://vault.azure.net/.default');
    return { minutes: Math.round((expiresOnTimestamp - Date.now()) / 60_000) };
  }),
  secret: await outcome(async () => {
    const client = new SecretClient(vaultUri, credential, { disableChallengeResourceVerification: true });
    return (await client.getSecret('Neo4jPassword')).value;
  }),
  setting: await outcome(async () => {
    const client = new AppConfigurationClient(endpoint, credential);
    return (await client.getConfigurationSetting({ key: 'Neo4j:Uri' })).value;
  }),
};
process.stdout.write(JSON.stringify(result));
