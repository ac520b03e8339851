import { type Configuration, type ConfigurationNode, nearMiss, showValue } from '@hartonomous/config-loader';
import type { Command } from 'commander';
import { connectionSettings } from '../connection-settings.ts';
import { UnknownSettingError } from '../errors.ts';
import { exitCodeOf } from '../exit-codes.ts';
import {
  type CommandContext,
  type CommandRun,
  type CommonOptions,
  startCommand,
  withCommonOptions,
} from './command-context.ts';
import { addAzureCommandsCommand } from './config-azure-commands.ts';

interface ConfigOptions extends CommonOptions {
  readonly offline?: boolean;
}

/** A setting that counts, as it may be shown. */
interface ShownSetting {
  readonly key: string;
  /** `***` for secrets. */
  readonly value: string | null;
  readonly origin: string;
}

/** Adds `config show`, `config check` and `config explain`. */
export function addConfigCommands(program: Command, context: CommandContext): void {
  const config = program
    .command('config')
    .description('show, check and explain the configuration that the other commands use; secrets are never shown');
  addAzureCommandsCommand(withConfigOptions(config.command('azure-commands')), context);
  withConfigOptions(config.command('show'))
    .description('every setting that counts, and where it comes from')
    .addHelpText(
      'after',
      `
Exit code 0: shown; 2: wrong command line or configuration; 3: Azure can't be read, and what it holds is left out.

Examples:
  hartonomous config show --environment Production
  hartonomous config show --config C:\\Hartonomous\\Workers\\Neo4jSync --json`,
    )
    .action(async (options: ConfigOptions) => {
      const { output, settings } = await startConfigCommand(context, options);
      const { environment, warnings } = settings.configuration;
      const shown = shownSettings(settings.configuration);
      output.line(`Environment ${environment}. ${shown.length} settings:`);
      for (const { key, value, origin } of shown) output.line(`  ${key} = ${value ?? '(null)'}  [${origin}]`);
      output.document({ ok: true, environment, settings: shown, warnings });
    });
  withConfigOptions(config.command('check'))
    .description('check the settings of database and graph; connects to neither')
    .addHelpText(
      'after',
      `
Exit code 0: both are there and right; 2: something is missing or wrong, or wrong command line; 3: Azure can't be read.

Examples:
  hartonomous config check --environment Production
  hartonomous config check --offline --json`,
    )
    .action(async (options: ConfigOptions) => {
      const { output, settings } = await startConfigCommand(context, options);
      const { environment, warnings } = settings.configuration;
      connectionSettings(settings);
      output.line(`✓ The configuration is valid (environment ${environment}).`);
      output.document({ ok: true, environment, warnings });
    });
  withConfigOptions(config.command('explain <key>'))
    .description('every source that has the setting, in order, and which one wins')
    .addHelpText(
      'after',
      `
Where Azure can't be read, its sources are left out with a warning, and the others shown.
Exit code 0: explained; 1: no source has the setting; 2: wrong command line or configuration; 3: Azure can't be read.

Examples:
  hartonomous config explain Neo4j:Uri --environment Production
  hartonomous config explain ConnectionStrings:HartonomousDb --offline`,
    )
    .action(async (key: string, options: ConfigOptions) => {
      const { output, settings } = await startConfigCommand(context, options);
      const { configuration } = settings;
      const lines = configuration.explain(key);
      if (lines.length === 0) {
        const keys = shownSettings(configuration).map((setting) => setting.key);
        throw new UnknownSettingError(
          key,
          configuration.sources.map(({ name }) => name),
          nearMiss(key, keys),
        );
      }
      output.line(`${key} (environment ${configuration.environment}), lowest precedence first:`);
      for (const { shown, origin, wins } of lines) {
        output.line(`  ${wins ? '→' : ' '} ${shown ?? '(null)'}  [${origin}]`);
      }
      output.document({ ok: true, key, environment: configuration.environment, sources: lines });
    });
}

/**
 * Without Azure what it holds is missing, and everything else can be shown: who asks what the configuration is has the more reason to when
 * Azure can't be read. The command ends as one that didn't reach a server.
 */
async function startConfigCommand(context: CommandContext, options: ConfigOptions): Promise<CommandRun> {
  try {
    return await startCommand(context, options);
  } catch (error) {
    const { failureOf } = await import('../failure-of.ts');
    const failure = failureOf(error);
    if (options.offline === true || failure?.kind !== 'unreachable') throw error;
    const run = await startCommand(context, { ...options, offline: true });
    run.output.warning(
      `App Configuration and Key Vault could not be read and are left out (--offline skips them silently): ${failure.code}: ` +
        failure.message.replace(/\.$/, ''),
    );
    context.finish(exitCodeOf(failure.kind));
    return run;
  }
}

function withConfigOptions(command: Command): Command {
  return withCommonOptions(command).option('--offline', 'leave App Configuration and Key Vault out');
}

/** All settings that count, by key. Of the environment only what belongs to a section that another source has too. */
function shownSettings(configuration: Configuration): readonly ShownSetting[] {
  const shown: ShownSetting[] = [];
  const visit = (node: ConfigurationNode, path: readonly string[]): void => {
    if (node.value !== undefined) {
      const key = path.join(':');
      const { value, origin } = node.value;
      const isSecret = node.value.isSecret === true;
      shown.push({ key, value: showValue({ key, value, isSecret }), origin });
    }
    for (const child of node.children.values()) visit(child, [...path, child.name]);
  };
  for (const section of configuration.root.children.values()) {
    if (hasSetting(section, (kind) => kind !== 'environment') || section.children.size > 0) {
      visit(section, [section.name]);
    }
  }
  return shown.sort((left, right) => (left.key < right.key ? -1 : 1));
}

function hasSetting(node: ConfigurationNode, test: (kind: string) => boolean): boolean {
  if (node.value !== undefined && test(node.value.source.kind)) return true;
  return [...node.children.values()].some((child) => hasSetting(child, test));
}
