import { azureSettingsSchema, runbookSecretKeys } from '@hartonomous/config-loader';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { type CommandContext, type CommonOptions, startCommand } from './command-context.ts';

/** Gives `config azure-commands` what it does; the command has its options already. */
export function addAzureCommandsCommand(command: Command, context: CommandContext): void {
  command
    .description('print the az commands that create in Azure what the present settings need; runs none of them')
    .addHelpText(
      'after',
      `
Store and vault as the settings name them, this machine's identity with its roles, the settings and secrets in them. Words
in capitals are yours to replace. No value of a secret is in the output: each is read from a file that you make and delete.
Azure isn't asked, so it works before anything of it is there.
Exit code 0: printed; 2: wrong command line or configuration, or the settings name neither store nor vault.

Examples:
  hartonomous config azure-commands --environment Production
  hartonomous config azure-commands --config /srv/www/hartonomous/workers/neo4j-sync/current > azure.sh`,
    )
    .action(async (options: CommonOptions) => {
      const { output, settings } = await startCommand(context, { ...options, offline: true });
      const { environment } = settings.configuration;
      const azure = settings.get(azureSettingsSchema);
      const secrets = { ...runbookSecretKeys, ...azure.KeyVault.SecretKeys };
      // Loaded here: the other commands of config need nothing of it.
      const { azureCommands } = await import('@hartonomous/operations');
      const commands = azureCommands(azure, environment, secrets);
      if (!azure.AzureAppConfiguration.Endpoint && !azure.KeyVault.VaultUri) {
        throw new UsageError(
          `The settings of environment ${environment} name neither AzureAppConfiguration:Endpoint nor KeyVault:VaultUri.`,
          'Set them first, as appsettings.Production.json of the workers does: hartonomous config explain KeyVault:VaultUri',
        );
      }
      for (const { purpose, command: text } of commands) {
        output.line(`# ${purpose}`);
        output.line(text);
        output.line();
      }
      output.document({ ok: true, environment, commands });
    });
}
