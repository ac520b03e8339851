#!/usr/bin/env node
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { AzureEmulatorError, InvalidEmulatorOptionsError } from './errors.ts';
import { startAzureEmulator } from './start-azure-emulator.ts';

interface CliOptions {
  readonly port: number;
  readonly identityPort: number;
  readonly challenge: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  $ azure-emulator --data azure.json
  $ azure-emulator --json --port 0 --identity-port 0

The file of --data holds what the services have at the start:
  { "secrets": { "Neo4jPassword": "..." },
    "keyValues": [ { "key": "Neo4j:Uri", "value": "bolt://localhost:7687" },
                   { "key": "Neo4j:Password", "label": "Production", "secret": "Neo4jPassword" } ] }

Exit codes: 0 stopped as asked, 1 could not start (the message says why and what to do).`;

const seedSchema = z.strictObject({
  $schema: z.string().optional(),
  secrets: z.record(z.string(), z.string()).optional(),
  keyValues: z
    .array(
      z.strictObject({
        key: z.string(),
        label: z.string().optional(),
        value: z.string().optional(),
        contentType: z.string().optional(),
        secret: z.string().optional(),
      }),
    )
    .optional(),
});

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.');
  return port;
}

async function run({ port, identityPort, challenge, data, json }: CliOptions): Promise<void> {
  try {
    const { secrets, keyValues } = data === undefined ? {} : await readSeed(data);
    await using emulator = await startAzureEmulator({ port, identityPort, challenge, secrets, keyValues });
    const { vaultUri, appConfigurationEndpoint, connectionString, env } = emulator;
    const facts = { vaultUri, appConfigurationEndpoint, connectionString, env };
    process.stdout.write(json === true ? `${JSON.stringify(facts)}\n` : text(facts));
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  } catch (error) {
    if (!(error instanceof AzureEmulatorError)) throw error;
    process.exitCode = 1;
    process.stderr.write(
      json === true ? `${JSON.stringify({ error: error.code, message: error.message })}\n` : `${error.message}\n`,
    );
  }
}

async function readSeed(path: string): Promise<z.output<typeof seedSchema>> {
  try {
    return seedSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new InvalidEmulatorOptionsError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function text(facts: {
  readonly vaultUri: string;
  readonly appConfigurationEndpoint: string;
  readonly connectionString: string;
  readonly env: Readonly<Record<string, string>>;
}): string {
  const settings = {
    ...facts.env,
    KeyVault__VaultUri: facts.vaultUri,
    KeyVault__VerifyChallengeResource: 'false',
    AzureAppConfiguration__Endpoint: facts.appConfigurationEndpoint,
    ApplicationInsights__ConnectionString: facts.connectionString,
  };
  const lines = Object.entries(settings).map(([name, value]) => `  ${name}='${value}'`);
  return `The Azure emulator runs; Ctrl-C stops it. Environment of a program that is to use it:\n${lines.join('\n')}\n`;
}

await new Command('azure-emulator')
  .description('Runs the Arc identity endpoint, Key Vault, App Configuration and Application Insights on this machine.')
  .option('--port <port>', 'HTTPS port of the services, 0 for a free one', portNumber, 0)
  .option('--identity-port <port>', 'HTTP port of the identity endpoint, 0 for a free one', portNumber, 40_342)
  .option('--no-challenge', 'give tokens without key file')
  .option('--data <file>', 'JSON file with secrets and key-values')
  .option('--json', 'print one JSON object instead of text')
  .addHelpText('after', examples)
  .action(run)
  .parseAsync();
