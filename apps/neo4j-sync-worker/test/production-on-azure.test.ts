import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { type AzureEmulator, agentKeyFolder, startAzureEmulator } from '@hartonomous/azure-emulator';
import { expect, test, vi } from 'vitest';
import { type Fixture, fixtureOfFile } from './fixture.ts';
import { WorkerProcess } from './worker-process.ts';

// Runbook R2 and R6 on a server that Azure Arc manages: nothing but addresses is given to the worker.

vi.setConfig({ testTimeout: 120_000 });
const fixture = fixtureOfFile();

/** Clients take key files from the Arc agent's folder only, which not every account can write. */
async function canChallenge(): Promise<boolean> {
  try {
    await mkdir(agentKeyFolder(), { recursive: true });
    await access(agentKeyFolder(), constants.W_OK);
    return true;
  } catch {
    // Then the identity endpoint gives tokens without key file; all else is the same.
    return false;
  }
}

async function azureOf({ workerConnectionString, neo4j }: Fixture): Promise<AzureEmulator> {
  return await startAzureEmulator({
    challenge: await canChallenge(),
    secrets: {
      SqlConnectionString: workerConnectionString,
      Neo4jUsername: neo4j.username,
      Neo4jPassword: neo4j.password,
    },
    keyValues: [
      { key: 'Neo4j:Uri', value: neo4j.uri },
      { key: 'Neo4j:Username', secret: 'Neo4jUsername' },
      { key: 'Neo4j:Password', secret: 'Neo4jPassword' },
    ],
  });
}

const productionEnv = (azure: AzureEmulator) => ({
  ...azure.env,
  DOTNET_ENVIRONMENT: 'Production',
  AzureAppConfiguration__Endpoint: azure.appConfigurationEndpoint,
  KeyVault__VaultUri: azure.vaultUri,
  KeyVault__VerifyChallengeResource: 'false',
});

// Built, it is one file with all that it imports, and others for what it imports when it needs it.
test.each([
  { program: 'source', hash: 'deadbeef' },
  { program: 'built', hash: 'feedface' },
] as const)(
  'appsettings.Production.json as it stands, $program: credentials come through the Arc identity, and a change reaches the graph',
  async ({ program, hash }) => {
    await using azure = await azureOf(fixture());
    const settings = { ...productionEnv(azure), LOG_LEVEL: 'debug', AZURE_IDENTITY_TRACE: 'true' };
    const worker = new WorkerProcess(settings, { program });
    await worker.polling();
    const [row] = await fixture().sql(
      `INSERT INTO dbo.Atom (TenantId, ContentType, ContentHash, CreatedAt)
     VALUES (0, 'application/json', 0x${hash}, GETUTCDATE());
     DECLARE @AtomId BIGINT = SCOPE_IDENTITY();
     EXEC dbo.sp_EnqueueNeo4jSync @EntityType = 'Atom', @EntityId = @AtomId, @SyncType = 'CREATE';
     SELECT @AtomId AS TestAtomId;`,
    );
    await worker.logged('✓ Atom synced to Neo4j successfully');
    const nodes = await fixture().cypher('MATCH (a:Atom {id: $id}) RETURN a.contentHash AS contentHash', {
      id: BigInt(String(row?.TestAtomId)),
    });
    expect(nodes).toEqual([{ contentHash: hash }]);
    const answered = azure.requests.filter(({ status }) => status === 200).map(({ service }) => service);
    expect(new Set(answered)).toEqual(new Set(['identity', 'keyVault', 'appConfiguration']));
    expect(worker.errors).toContain('ManagedIdentityCredential gave a token');
    for (const secret of [fixture().neo4j.password, fixture().workerConnectionString, 'Least-of-all!1']) {
      expect(worker.output + worker.errors).not.toContain(secret);
    }
  },
);

test('an identity without its role on the vault: the role is named, with exit code 1', async () => {
  await using azure = await azureOf(fixture());
  azure.grant('keyVault', false);
  const worker = new WorkerProcess(productionEnv(azure));
  expect((await worker.exit()).code).toBe(1);
  expect(worker.errors).toContain('Give the identity the role Key Vault Secrets User');
});
