import {
  type ApiKey,
  type ApiRole,
  apiRoles,
  createApiKey,
  listApiKeys,
  openSqlServer,
  revokeApiKey,
} from '@hartonomous/operations';
import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { exitCodeOfDryRun } from '../exit-codes.ts';
import { databaseSettingsSchema } from '../options.ts';
import { tenantNumber, wholeNumber } from './arguments.ts';
import {
  type CommandContext,
  type CommonOptions,
  startCommand,
  withCommonOptions,
  withDatabaseOptions,
} from './command-context.ts';
import { sqlNow } from './sql-clock.ts';

interface CreateOptions extends CommonOptions {
  readonly name: string;
  readonly tenant: string;
  readonly role: ApiRole;
  readonly days?: string;
}

const millisecondsPerDay = 86_400_000;
const longestName = 128;

/** Adds `api-key create|list|revoke`. */
export function addApiKeyCommands(program: Command, context: CommandContext): void {
  const group = program.command('api-key').description('keys for the HTTP API');
  const command = (text: string) => withCommonOptions(withDatabaseOptions(group.command(text)));

  command('create')
    .description('create a key and print it; it is stored as a hash and cannot be shown again')
    .requiredOption('--name <text>', 'whose it is, or what for')
    .addOption(
      new Option('--role <role>', 'viewer: reads; sender: sends files in and follows them; operator: both, and repairs')
        .choices(apiRoles)
        .makeOptionMandatory(),
    )
    .requiredOption('--tenant <id>', 'nothing of any other tenant is read or changed with it')
    .option('--days <number>', 'days until it expires, 1 to 3650 (default: never)')
    .addHelpText(
      'after',
      `
The key is the only thing on standard output; everything else goes to standard error. With --json it is in the document.

Examples:
  hartonomous api-key create --name "nightly import" --role sender --tenant 3
  hartonomous api-key create --name "Ada" --role viewer --tenant 3 --days 90 --json`,
    )
    .action(async (options: CreateOptions) => {
      const name = options.name.trim();
      if (name === '' || name.length > longestName) {
        throw new UsageError('--name must have 1 to 128 characters.', 'Say whose key it is, or what for.');
      }
      const tenantId = tenantNumber(options.tenant);
      const days = options.days === undefined ? undefined : wholeNumber('--days', options.days, 1, 3_650);
      const { output, settings } = await startCommand(context, options);
      await using client = await openSqlServer(settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb, {
        signal: context.signal,
      });
      const expiresAt =
        days === undefined
          ? undefined
          : new Date((await sqlNow(client, context.signal)).getTime() + days * millisecondsPerDay);
      const { key, ...made } = await createApiKey(
        client,
        { name, tenantId, role: options.role, expiresAt },
        context.signal,
      );
      output.aside(`✓ ${lineOf(made)}`);
      output.aside("Keep it now: it can't be shown again.");
      output.line(key);
      output.document({ ok: true, key, apiKey: made });
    });

  command('list')
    .description('show all keys, without their secrets')
    .addHelpText('after', '\nExamples:\n  hartonomous api-key list\n  hartonomous api-key list --json')
    .action(async (options: CommonOptions) => {
      const { output, settings } = await startCommand(context, options);
      await using client = await openSqlServer(settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb, {
        signal: context.signal,
      });
      const keys = await listApiKeys(client, context.signal);
      for (const key of keys) output.line(lineOf(key));
      if (keys.length === 0)
        output.line('No keys. Make one: hartonomous api-key create --name NAME --role viewer --tenant 0');
      output.document({ ok: true, apiKeys: keys });
    });

  command('revoke <id>')
    .description('revoke a key for good')
    .option('--dry-run', 'only show which one')
    .addHelpText(
      'after',
      `
A running API may take the key for Api:KeyCacheSeconds more (5 by default).

Examples:
  hartonomous api-key revoke 3
  hartonomous api-key revoke 3 --dry-run`,
    )
    .action(async (text: string, options: CommonOptions & { readonly dryRun?: boolean }) => {
      const { dryRun = false } = options;
      const id = wholeNumber('The number of the key', text, 1, 2 ** 31 - 1);
      const { output, settings } = await startCommand(context, options);
      await using client = await openSqlServer(settings.get(databaseSettingsSchema).ConnectionStrings.HartonomousDb, {
        signal: context.signal,
      });
      const key = await revokeApiKey(client, id, { dryRun }, context.signal);
      output.line(dryRun ? `Would revoke ${lineOf(key)}` : `✓ Revoked ${lineOf(key)}`);
      if (dryRun) context.finish(exitCodeOfDryRun({ changes: true }));
      output.document({ ok: true, dryRun, apiKey: key });
    });
}

function lineOf({ id, prefix, name, tenantId, role, expiresAt, lastUsedAt, revokedAt }: ApiKey): string {
  const state =
    revokedAt !== null
      ? `revoked ${revokedAt.toISOString()}`
      : expiresAt === null
        ? 'never expires'
        : `${expiresAt.getTime() <= Date.now() ? 'expired' : 'expires'} ${expiresAt.toISOString()}`;
  const used = lastUsedAt === null ? 'not used yet' : `last used ${lastUsedAt.toISOString()}`;
  return `${id}  hk_${prefix}  ${role}  tenant ${tenantId}  ${name}  ${state}, ${used}`;
}
